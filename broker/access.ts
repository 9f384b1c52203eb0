import {
  parsePumpTopic,
  type ServiceAccount,
  serviceTopics,
  shardCount,
  shardFilter,
  topicPrefix,
  upLanes,
} from '#schemas/topics.ts';

/** What one account may do; asked at publish, at subscribe and again when a message is forwarded. Default: nothing. */
export interface Access {
  mayPublish(topic: string): boolean;
  /** Filters are compared literally: a wildcard is allowed only where it stands in the list. */
  maySubscribe(filter: string): boolean;
  mayReceive(topic: string): boolean;
  /** The only topic a last will may have; null: no will. */
  readonly willTopic: string | null;
  /** Messages on this topic get the broker's stamp; null: none. */
  readonly stampedTopic: string | null;
}

/** A pump: publishes on its own lanes, receives its own acknowledgements and commands. */
export function pumpAccess(pump: string, shard: number): Access {
  const prefix = topicPrefix(shard, pump);
  const willTopic = `${prefix}/up/will`;
  const [telemetry, alarm, event, hello, reply] = upLanes
    .filter((lane) => lane !== 'will') // only as a last will: a hint that the broker gives
    .map((lane) => `${prefix}/up/${lane}`);
  const ack = `${prefix}/down/ack`;
  const cmd = `${prefix}/down/cmd`;
  const isOwnDown = (topic: string) => topic === ack || topic === cmd;
  return {
    mayPublish: (topic) =>
      topic === telemetry || topic === alarm || topic === event || topic === hello || topic === reply,
    maySubscribe: isOwnDown,
    mayReceive: isOwnDown,
    willTopic,
    stampedTopic: alarm ?? null,
  };
}

/** True when a topic name falls under an MQTT filter of literal levels and `+` [MQTT 3.1.1, 4.7]. No `#`. */
export function filterMatches(filter: string, topic: string): boolean {
  let at = 0;
  for (let f = 0; f < filter.length; f += 1) {
    if (filter[f] === '+') {
      const slash = topic.indexOf('/', at);
      at = slash < 0 ? topic.length : slash;
    } else {
      if (filter[f] !== topic[at]) return false;
      at += 1;
    }
  }
  return at === topic.length;
}

const shardFilters = Array.from({ length: shardCount }, (_, shard) => shardFilter(shard));
const isUnder = (filters: readonly string[]) => (topic: string) =>
  filters.some((filter) => filterMatches(filter, topic));
const isDown = (topic: string, lane?: 'cmd') => {
  const parsed = parsePumpTopic(topic);
  return parsed?.direction === 'down' && (lane === undefined || parsed.lane === lane);
};
const isLive = (topic: string) => filterMatches(serviceTopics.allLive, topic);
const isCanary = (topic: string) => filterMatches(serviceTopics.allCanaries, topic);

function serviceRow(publishes: (topic: string) => boolean, subscribes: readonly string[]): Access {
  const filters = new Set(subscribes);
  return {
    mayPublish: publishes,
    maySubscribe: (filter) => filters.has(filter),
    mayReceive: isUnder(subscribes),
    willTopic: null,
    stampedTopic: null,
  };
}

// Nothing here reaches a pump but `down/ack` and `down/cmd`: no account can publish therapy.
const serviceTable: Record<ServiceAccount, Access> = {
  'svc-ingest': serviceRow(
    (topic) => isDown(topic) || isLive(topic),
    [...shardFilters, serviceTopics.allCanaries, serviceTopics.refused],
  ),
  'svc-api': serviceRow(
    (topic) => isDown(topic, 'cmd') || isCanary(topic) || topic === serviceTopics.credentials,
    [serviceTopics.allLive],
  ),
  'svc-watchdog': serviceRow(isCanary, [serviceTopics.allLive]),
  // The simulator's pumps connect as pumps, each with its own token; the account itself is for nothing on MQTT.
  'svc-sim': serviceRow(() => false, []),
};

export function serviceAccess(account: ServiceAccount): Access {
  return serviceTable[account];
}
