import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { startCanaryPump } from './canary-pump.ts';
import type { Channel } from './channels/channel.ts';
import { commandChannel } from './channels/command.ts';
import { emailChannel } from './channels/email.ts';
import { webhookChannel } from './channels/webhook.ts';
import { readSecrets, type WatchdogConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { judge } from './judge.ts';
import { keepState, readKeptState } from './kept-state.ts';
import { createMetrics } from './metrics.ts';
import { createNotifier } from './notifier.ts';
import { writePage } from './page.ts';
import { sendPing } from './ping.ts';
import { askReadiness } from './readiness.ts';
import { linkAsService } from './service-link.ts';
import { nextWatch } from './watch-state.ts';

export type Watchdog = { httpPort: number; close: () => Promise<void> };

const roundEveryMs = 10_000;
/** No finished round for this long: not ready. */
const stuckAfterMs = 3 * roundEveryMs;

/**
 * Starts the watchdog: every 10 s a canary pump's record through the whole path, `/readyz` of each service, and ingest's
 * echoes; pages by the configured channels when that stops.
 * @param path PATH for WATCHDOG_COMMAND
 * @throws ConfigError when a token is missing. A platform that is away is what it is here to notice.
 */
export async function startWatchdog(
  config: WatchdogConfig,
  { log, path }: { log: Logger; path: string | undefined },
): Promise<Watchdog> {
  // Wall-clock time as it was at our start, going on evenly: a clock that is set back must not put a page off.
  const now = () => Math.round(performance.timeOrigin + performance.now());
  const secrets = readSecrets(config);
  const tlsCa = config.TLS_CA === undefined ? null : readFileSync(config.TLS_CA);
  const metrics = createMetrics();
  const folder = join(config.DATA_DIR, 'watchdog');
  const stateFile = join(folder, 'state.json');
  const channels = channelsOf(config, path);
  const notifier = createNotifier(channels, {
    log,
    now,
    counted: (channel, outcome) => metrics.pages.inc({ channel, outcome }),
  });
  const pump = startCanaryPump({
    mqttUrl: config.MQTT_URL,
    tlsCa,
    pump: secrets.canary.pump,
    token: secrets.canary.token,
    journalFile: join(folder, 'canary.json'),
    log,
    committed: (tookMs) => metrics.commitSeconds.observe(tookMs / 1000),
  });
  const service = linkAsService({ mqttUrl: config.MQTT_URL, tlsCa, token: secrets.serviceToken }, log);

  const startedAt = performance.now();
  let state = readKeptState(stateFile, now());
  let linkedAt = startedAt;
  let roundAt: number | null = null;
  let finished = 0;
  let pinged = true;

  async function round(): Promise<void> {
    const notWritten = trySample();
    service.sendCanary();
    const [broker, ingest, api] = await Promise.all([
      askReadiness(config.WATCHDOG_BROKER_URL),
      askReadiness(config.WATCHDOG_INGEST_URL),
      askReadiness(config.WATCHDOG_API_URL),
    ]);
    if (pump.linked() && service.linked()) linkedAt = performance.now();
    const findings = judge({
      sinceStartMs: performance.now() - startedAt,
      readiness: { broker, ingest, api },
      unlinkedMs: pump.linked() && service.linked() ? 0 : performance.now() - linkedAt,
      ...service.heard(),
      uncommittedMs: pump.uncommittedMs(),
      notWritten,
    });
    const good = findings.length === 0;
    const { next, page } = nextWatch(state, findings, now());
    if (next.at !== state.at) log.info({ from: state.at, to: next.at, findings }, 'the watch changed');
    state = next;
    if (page !== null) {
      const written = writePage(page, now());
      // The log is told whatever the channels do: a terminal may be the only one that listens.
      log[page.kind === 'recovered' ? 'warn' : 'error'](`${written.subject}. ${written.text}`);
      notifier.page(written);
    }
    keepState(stateFile, state, now());
    metrics.found(findings);
    metrics.rounds.inc({ result: good ? 'good' : 'bad' });
    metrics.failing.set(state.at === 'failing' ? 1 : 0);
    finished += 1;
    // With the second round: what is said before a service is ready, npm start shows only when it fails.
    if (finished === 2 && channels.length === 0) {
      log.warn('nobody will be paged: set WEBHOOK_URL, WATCHDOG_EMAIL or WATCHDOG_COMMAND; outages are only logged');
    }
    roundAt = performance.now();
    if (good && config.WATCHDOG_PING_URL !== undefined) await ping(config.WATCHDOG_PING_URL);
  }

  /** A full disk must not make the watchdog blind: it is one more thing to page about. */
  function trySample(): string | null {
    try {
      pump.sample();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async function ping(url: string): Promise<void> {
    const problem = await sendPing(url);
    metrics.pings.inc({ outcome: problem === null ? 'delivered' : 'failed' });
    if (problem !== null && pinged) log.error(`WATCHDOG_PING_URL was not reached: ${problem}`);
    if (problem === null && !pinged) log.warn('WATCHDOG_PING_URL is reached again');
    pinged = problem === null;
  }

  const health = await serveHealth(
    { host: config.HOST, port: config.WATCHDOG_HTTP_PORT, registry: metrics.registry },
    () => {
      if (roundAt === null) return 'the first round is under way';
      return performance.now() - roundAt > stuckAfterMs ? 'no round was finished lately' : null;
    },
  );
  const stopRounds = everyRound(round, log);
  log.info({ port: health.port, channels: channels.map(({ name }) => name) }, 'watchdog started');

  return {
    httpPort: health.port,
    close: async () => {
      await stopRounds();
      await notifier.close();
      await service.close();
      await pump.close();
      await health.close();
    },
  };
}

function channelsOf(config: WatchdogConfig, path: string | undefined): Channel[] {
  const { WEBHOOK_URL, WEBHOOK_SECRET, SMTP_URL, WATCHDOG_EMAIL, WATCHDOG_COMMAND } = config;
  return [
    WEBHOOK_URL !== undefined && WEBHOOK_SECRET !== undefined ? webhookChannel(WEBHOOK_URL, WEBHOOK_SECRET) : null,
    SMTP_URL !== undefined && WATCHDOG_EMAIL !== undefined ? emailChannel(SMTP_URL, WATCHDOG_EMAIL) : null,
    WATCHDOG_COMMAND !== undefined ? commandChannel(WATCHDOG_COMMAND, path) : null,
  ].filter((channel) => channel !== null);
}

/** A round at once and then every 10 s from begin to begin, never two at a time; the returned function ends them. */
function everyRound(round: () => Promise<void>, log: Logger): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let running = Promise.resolve();
  const next = () => {
    const begun = performance.now();
    running = round()
      .catch((error: unknown) => log.error({ err: error }, 'a round of the watchdog broke'))
      .then(() => {
        if (!stopped) timer = setTimeout(next, Math.max(0, roundEveryMs - (performance.now() - begun)));
      });
  };
  next();
  return async () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
    await running;
  };
}
