/** Something a person can put right; its message is one line, shown without a stack. */
export class Failure extends Error {
  override name = 'Failure';
  /** 2 for wrong use or wrong input, 1 for everything else. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
