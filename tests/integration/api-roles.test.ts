import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Role, roles } from '#schemas/http/shapes.ts';
import { type Api, createApiParts } from '../../api/api.ts';
import { buildApp } from '../../api/app.ts';
import { readApiConfig } from '../../api/config.ts';
import { addPerson, LiveClient, Person, testApi } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const everybody = [...roles];
const clinical: Role[] = ['clinician', 'pharmacist'];
/** Which alerts: clinicians all, the platform's people their own. */
const answering: Role[] = [...clinical, 'technician', 'admin'];
const fleet: Role[] = ['technician'];
const onCall: Role[] = ['clinician', 'pharmacist', 'technician', 'admin'];
const administration: Role[] = ['admin', 'auditor'];

/** Who may what: written down a second time on purpose, from surface.md. */
const matrix: Record<string, Role[] | 'public'> = {
  'POST /api/v1/session': 'public',
  'GET /api/v1/session': everybody,
  'DELETE /api/v1/session': everybody,
  'GET /api/v1/users': administration,
  'POST /api/v1/users': ['admin'],
  'PATCH /api/v1/users/:id': ['admin'],
  'GET /api/v1/pumps': everybody,
  'POST /api/v1/pumps': fleet,
  'GET /api/v1/pumps/:id': everybody,
  'PATCH /api/v1/pumps/:id': fleet,
  'POST /api/v1/pumps/:id/credentials': fleet,
  'POST /api/v1/pumps/:id/retire': fleet,
  'POST /api/v1/pumps/:id/commands': fleet,
  'GET /api/v1/pumps/:id/telemetry': everybody,
  'GET /api/v1/infusions': everybody,
  'GET /api/v1/infusions/:id': everybody,
  'GET /api/v1/infusions/:id/telemetry': everybody,
  'GET /api/v1/alerts': everybody,
  'GET /api/v1/alerts/:id': everybody,
  'POST /api/v1/alerts/:id/accept': answering,
  'POST /api/v1/alerts/:id/undo': answering,
  'POST /api/v1/alerts/:id/decline': answering,
  'POST /api/v1/alerts/:id/hand-over': answering,
  'POST /api/v1/alerts/:id/extend': answering,
  'POST /api/v1/alerts/:id/close': answering,
  'POST /api/v1/alerts/:id/note': answering,
  'POST /api/v1/alerts/:id/feedback': answering,
  'POST /api/v1/alerts/:id/seen': answering,
  'GET /api/v1/on-call/now': everybody,
  'GET /api/v1/on-call/schedules': everybody,
  'GET /api/v1/on-call/schedules/:id/shifts': everybody,
  'PUT /api/v1/on-call/schedules/:id': ['admin'],
  'GET /api/v1/on-call/policies': everybody,
  'PUT /api/v1/on-call/policies/:id': ['admin'],
  'GET /api/v1/on-call/overrides': everybody,
  'PUT /api/v1/on-call/overrides/:id': ['admin'],
  'DELETE /api/v1/on-call/overrides/:id': ['admin'],
  'GET /api/v1/on-call/swaps': everybody,
  'POST /api/v1/on-call/swaps': answering,
  'POST /api/v1/on-call/swaps/:id/accept': answering,
  'POST /api/v1/on-call/swaps/:id/decline': answering,
  'POST /api/v1/on-call/swaps/:id/withdraw': answering,
  'GET /api/v1/on-call/calendar.ics': 'public',
  'POST /api/v1/on-call/calendar-token': answering,
  'DELETE /api/v1/on-call/calendar-token': answering,
  'GET /api/v1/patients': [...clinical, 'auditor'],
  'POST /api/v1/patients': clinical,
  'PATCH /api/v1/patients/:id': clinical,
  'GET /api/v1/patients/:id/contact-sheet': clinical,
  'GET /api/v1/therapies': [...clinical, 'auditor'],
  'POST /api/v1/therapies': clinical,
  'GET /api/v1/therapies/:id': [...clinical, 'auditor'],
  'PATCH /api/v1/therapies/:id': clinical,
  'GET /api/v1/orders': [...clinical, 'auditor'],
  'POST /api/v1/orders': ['pharmacist'],
  'GET /api/v1/orders/:id': [...clinical, 'auditor'],
  'POST /api/v1/orders/import': ['pharmacist'],
  'POST /api/v1/orders/:id/verify': ['pharmacist'],
  'POST /api/v1/orders/:id/cancel': ['pharmacist'],
  'GET /api/v1/assignments': [...clinical, 'auditor'],
  'POST /api/v1/assignments': clinical,
  'POST /api/v1/assignments/:id/end': clinical,
  'POST /api/v1/assignments/:id/correct': clinical,
  'GET /api/v1/calls': [...clinical, 'auditor'],
  'POST /api/v1/calls': clinical,
  'POST /api/v1/calls/find': clinical,
  'GET /api/v1/calls/follow-ups': [...clinical, 'auditor'],
  'GET /api/v1/calls/export': [...clinical, 'auditor'],
  'GET /api/v1/calls/:id': [...clinical, 'auditor'],
  'PATCH /api/v1/calls/:id': clinical,
  'GET /api/v1/alerts/:id/guidance': everybody,
  'GET /api/v1/guidance': everybody,
  'POST /api/v1/guidance': ['pharmacist'],
  'POST /api/v1/guidance/:id/publish': ['pharmacist'],
  'POST /api/v1/guidance/:id/discard': ['pharmacist'],
  'GET /api/v1/hand-overs': [...clinical, 'auditor'],
  'POST /api/v1/hand-overs': clinical,
  'GET /api/v1/hand-overs/page': [...clinical, 'auditor'],
  'GET /api/v1/hand-overs/people': clinical,
  'GET /api/v1/hand-overs/:id': [...clinical, 'auditor'],
  'POST /api/v1/hand-overs/:id/sign': clinical,
  'POST /api/v1/hand-overs/:id/withdraw': clinical,
  'GET /api/v1/downtime-list': clinical,
  'GET /api/v1/drug-libraries': everybody,
  'POST /api/v1/drug-libraries': ['pharmacist'],
  'GET /api/v1/drug-libraries/schema.json': 'public',
  'POST /api/v1/drug-libraries/import': ['pharmacist'],
  'GET /api/v1/drug-libraries/:id': everybody,
  'POST /api/v1/drug-libraries/:id/import': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions': ['pharmacist'],
  'GET /api/v1/drug-libraries/:id/versions/:v': everybody,
  'PUT /api/v1/drug-libraries/:id/versions/:v': ['pharmacist'],
  'GET /api/v1/drug-libraries/:id/versions/:v/diff': everybody,
  'GET /api/v1/drug-libraries/:id/versions/:v/export': everybody,
  'POST /api/v1/drug-libraries/:id/versions/:v/replay': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/submit': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/approve': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/send-back': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/publish': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/publish-urgently': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/confirm': ['pharmacist'],
  'POST /api/v1/drug-libraries/:id/versions/:v/retire': ['pharmacist'],
  'GET /api/v1/library-assignments': everybody,
  'POST /api/v1/library-assignments': fleet,
  'GET /api/v1/library-assignments/:id': everybody,
  'GET /api/v1/library-assignments/:id/pumps': everybody,
  'POST /api/v1/library-assignments/:id/go-on': fleet,
  'POST /api/v1/library-assignments/:id/roll-back': fleet,
  'GET /api/v1/rule-sets': everybody,
  'POST /api/v1/rule-sets': ['pharmacist'],
  'GET /api/v1/rule-sets/in-force': everybody,
  'GET /api/v1/rule-sets/:v': everybody,
  'PUT /api/v1/rule-sets/:v': ['pharmacist'],
  'GET /api/v1/rule-sets/:v/diff': everybody,
  'POST /api/v1/rule-sets/:v/submit': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/approve': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/send-back': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/publish': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/publish-urgently': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/confirm': ['pharmacist'],
  'POST /api/v1/rule-sets/:v/retire': ['pharmacist'],
  'GET /api/v1/rule-exceptions': [...clinical, 'auditor'],
  'POST /api/v1/rule-exceptions': ['pharmacist'],
  'GET /api/v1/rule-exceptions/:id': [...clinical, 'auditor'],
  'POST /api/v1/rule-exceptions/:id/end': ['pharmacist'],
  'GET /api/v1/announcements': [...clinical, 'auditor'],
  'POST /api/v1/announcements': clinical,
  'POST /api/v1/announcements/:id/end': clinical,
  'GET /api/v1/offline-windows': [...clinical, 'auditor'],
  'POST /api/v1/offline-windows': clinical,
  'POST /api/v1/offline-windows/:id/end': clinical,
  'GET /api/v1/rejected-records': ['technician', 'auditor'],
  'GET /api/v1/audit': administration,
  'GET /api/v1/system': ['clinician', 'pharmacist', 'technician', 'admin', 'auditor'],
  'GET /api/v1/reports/alert-delay': ['clinician', 'pharmacist', 'technician', 'admin', 'auditor'],
  'GET /api/v1/live': everybody,
  'GET /api/v1/contact-methods': onCall,
  'POST /api/v1/contact-methods': onCall,
  'DELETE /api/v1/contact-methods/:id': onCall,
  'POST /api/v1/contact-methods/:id/test': onCall,
  'POST /api/v1/contact-methods/answers': onCall,
  'GET /api/v1/push/key': onCall,
  'GET /api/v1/reachability': administration,
  'GET /api/v1/notifications': administration,
  'POST /api/v1/notifications/:id/retry': ['admin'],
  'POST /api/v1/notifications/webhook-test': ['admin'],
  // Signed by the telephone gateway: tests/integration/api-contact-methods.test.ts.
  'POST /api/v1/telephone/calls/:id/digits': 'public',
  'POST /api/v1/telephone/calls/:id/status': 'public',
  'POST /api/v1/telephone/messages/:id/status': 'public',
  'POST /api/v1/telephone/messages/inbound': 'public',
  'GET /api/v1/openapi.json': 'public',
  'GET /api/v1/asyncapi.json': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
};
/** The documentation's own pages and the dashboard's files. */
const isPage = (route: string) => /^GET (\/api\/docs(\/|$)|\/?\*$|\/$)/.test(route);

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
const people = new Map<Role, Person>();

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  for (const role of roles) people.set(role, await Person.signIn(api, await addPerson(database.pool, role)));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

/** Every route of the app, read off the app itself. */
async function registeredRoutes(): Promise<string[]> {
  const config = readApiConfig({ DATABASE_URL: database.url, DASHBOARD_DIR: broker.dataDir });
  const { deps } = createApiParts(config, 'a token nobody uses', pino({ level: 'silent' }), () => new URL(api.url));
  const app = await buildApp(deps);
  await app.ready();
  const routes = new Set<string>();
  // findMyWay prints its tree; a route is what can be found again by method and pattern.
  const printed = app.printRoutes({ commonPrefix: false, includeHooks: false });
  const path: string[] = [];
  for (const line of printed.split('\n')) {
    const match = /^((?:│ {3}| {4})*)(?:├── |└── )(\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!match) continue;
    const depth = (match[1] ?? '').length / 4;
    path.length = depth;
    path[depth] = match[2] ?? '';
    const url = path.join('').replace(/^\/\//, '/');
    for (const method of (match[3] ?? '').split(', ')) {
      if (method !== '' && method !== 'HEAD' && method !== 'OPTIONS') routes.add(`${method} ${url}`);
    }
  }
  await app.close();
  await deps.db.close();
  return [...routes];
}

test('every route stands in the matrix, and the matrix names no other', async () => {
  const registered = (await registeredRoutes()).filter((route) => !isPage(route));
  expect(registered.sort()).toEqual(Object.keys(matrix).sort());
});

const cases = Object.entries(matrix).flatMap(([route, who]) =>
  who === 'public' ? [] : roles.map((role) => [route, role, who.includes(role)] as const),
);

test.each(cases.filter(([route]) => !/session|live/.test(route)))('%s as %s: %s', async (route, role, allowed) => {
  const [method = '', pattern = ''] = route.split(' ');
  const answer = await people
    .get(role)
    ?.ask(method, pattern.replace(':id', randomUUID()), method === 'GET' ? undefined : {});
  // Allowed: past the door, whatever then becomes of an unknown id or an empty body.
  if (allowed) expect([200, 201, 204, 400, 404, 409, 415, 422]).toContain(answer?.status);
  else expect(answer?.status).toBe(403);
});

test.each(cases.filter(([route]) => route.endsWith('/live')))('%s as %s: %s', async (_route, role, allowed) => {
  const opened = people
    .get(role)
    ?.live()
    .then(
      () => true,
      () => false,
    );
  expect(await opened).toBe(allowed);
});

test.each(Object.keys(matrix).filter((route) => matrix[route] !== 'public'))(
  '%s without a session: 401',
  async (route) => {
    const [method = '', pattern = ''] = route.split(' ');
    if (pattern.endsWith('/live')) {
      await expect(LiveClient.open(api.url, {})).rejects.toThrow('401');
      return;
    }
    const response = await fetch(`${api.url}${pattern.replace(':id', randomUUID())}`, { method });
    expect(response.status).toBe(401);
  },
);
