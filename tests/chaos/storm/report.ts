import { verdictText } from '../checker/verdict.ts';
import type { StormResult } from './run.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The figures for people. */
export function stormReport(result: StormResult): string {
  const { pumps, cadenceMs, broker, ingest, lagMs, verdict } = result;
  return [
    `storm      ${pumps} pumps, a sample every ${cadenceMs / 1000} s; all first connected in ${seconds(result.firstConnectMs)}`,
    `back       broker ready ${seconds(result.brokerReadyMs)} after its kill, half of the pumps ${seconds(result.halfBackMs)}, all ${seconds(result.allBackMs)}, caught up ${seconds(result.caughtUpMs)}`,
    `broker     ${broker.cpuS.toFixed(1)} s of CPU until then, at most ${broker.rssMb} MB (${broker.idleRssMb} MB before)`,
    `ingest     ${ingest.cpuS.toFixed(1)} s of CPU by both workers, at most ${ingest.rssMb} MB and ${ingest.queuedMessages} messages waiting in one`,
    `lag        of ${lagMs.records} records from arrival to commit: p50 ${lagMs.p50} ms, p99 ${lagMs.p99} ms, most ${lagMs.most} ms`,
    `drain      ${seconds(result.drainMs)} after the pumps stopped`,
    ...result.crashes.map((crash) => `crash      ${crash}`),
    verdictText(verdict),
  ].join('\n');
}
