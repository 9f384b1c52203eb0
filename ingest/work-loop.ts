import type { Logger } from 'pino';

/** How long a record waits for company, ms. */
const lingerMs = 100;

type Errand = { run: () => Promise<void>; refuse: (error: Error) => void };

type WorkLoopDeps = {
  /** One round; never twice at a time. It runs the errands when it can. */
  round: () => Promise<void>;
  /** Whether there is work for a round: at once, after a moment of waiting for company, or none. */
  due: () => 'now' | 'soon' | 'no';
  log: Logger;
};

/** Rounds of work, one after another, and errands from the outside that run between two transactions. */
export class WorkLoop {
  #running = false;
  #timer: NodeJS.Timeout | null = null;
  #errands: Errand[] = [];
  #ended = false;
  readonly #deps: WorkLoopDeps;

  constructor(deps: WorkLoopDeps) {
    this.#deps = deps;
  }

  /** Looks whether there is work now. */
  wake(): void {
    if (this.#running) return;
    const due = this.#errands.length > 0 ? 'now' : this.#ended ? 'no' : this.#deps.due();
    if (due === 'now') this.#start();
    else if (due === 'soon') this.#timer ??= setTimeout(() => this.#start(), lingerMs);
  }

  /** Runs between two rounds; rejects with what `work` throws, or when errands are refused. */
  errand(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#errands.push({ run: () => work().then(resolve, reject), refuse: reject });
      this.wake();
    });
  }

  async runErrands(): Promise<void> {
    for (let errand = this.#errands.shift(); errand; errand = this.#errands.shift()) await errand.run();
  }

  refuseErrands(why: string): void {
    for (const errand of this.#errands.splice(0)) errand.refuse(new Error(why));
  }

  /** From now on only errands are run. */
  end(): void {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #start(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = true;
    this.#deps
      .round()
      .catch((error) => this.#deps.log.error({ err: error }, 'writer'))
      .finally(() => {
        this.#running = false;
        this.wake();
      });
  }
}
