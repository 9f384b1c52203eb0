import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ApiDeps } from './deps.ts';
import { addDocuments } from './documents.ts';
import { addNotFound, answerError } from './errors.ts';
import { addGuard } from './guard.ts';
import { addPages, dashboardPage } from './pages.ts';
import { alertAnswerRoutes } from './routes/alert-answers.ts';
import { alertDelayReportRoutes } from './routes/alert-delay-report.ts';
import { alertRoutes } from './routes/alerts.ts';
import { announcementRoutes } from './routes/announcements.ts';
import { assignmentRoutes } from './routes/assignments.ts';
import { auditRoutes } from './routes/audit.ts';
import { callRoutes } from './routes/calls.ts';
import { contactMethodRoutes } from './routes/contact-methods.ts';
import { downtimeListRoutes } from './routes/downtime-list.ts';
import { guidanceRoutes } from './routes/guidance.ts';
import { handOverRoutes } from './routes/hand-overs.ts';
import { healthRoutes } from './routes/health.ts';
import { infusionRoutes } from './routes/infusions.ts';
import { libraryRoutes } from './routes/libraries.ts';
import { libraryAssignmentRoutes } from './routes/library-assignments.ts';
import { libraryFileRoutes } from './routes/library-files.ts';
import { libraryVersionRoutes } from './routes/library-versions.ts';
import { liveRoutes } from './routes/live.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { offlineWindowRoutes } from './routes/offline-windows.ts';
import { onCallRoutes } from './routes/on-call.ts';
import { onCallCalendarRoutes } from './routes/on-call-calendar.ts';
import { onCallOverrideRoutes } from './routes/on-call-overrides.ts';
import { onCallSwapRoutes } from './routes/on-call-swaps.ts';
import { orderImportRoutes } from './routes/order-import.ts';
import { orderRoutes } from './routes/orders.ts';
import { patientRoutes } from './routes/patients.ts';
import { pumpCommandRoutes } from './routes/pump-commands.ts';
import { pumpRoutes } from './routes/pumps.ts';
import { reachabilityRoutes } from './routes/reachability.ts';
import { rejectedRecordRoutes } from './routes/rejected-records.ts';
import { ruleExceptionRoutes } from './routes/rule-exceptions.ts';
import { ruleSetRoutes } from './routes/rule-sets.ts';
import { sessionRoutes } from './routes/session.ts';
import { systemRoutes } from './routes/system.ts';
import { telemetryRoutes } from './routes/telemetry.ts';
import { telephoneRoutes } from './routes/telephone.ts';
import { therapyRoutes } from './routes/therapies.ts';
import { userRoutes } from './routes/users.ts';
import { cookieNameFor } from './sessions/cookie.ts';

const mostBodyBytes = 256 * 1024;
const mostFrameBytes = 16 * 1024;

/** Routes of `/api/v1`, one file per resource. */
const resources = [
  sessionRoutes,
  userRoutes,
  pumpRoutes,
  pumpCommandRoutes,
  telemetryRoutes,
  infusionRoutes,
  alertRoutes,
  alertAnswerRoutes,
  onCallRoutes,
  onCallOverrideRoutes,
  onCallSwapRoutes,
  onCallCalendarRoutes,
  patientRoutes,
  therapyRoutes,
  orderRoutes,
  orderImportRoutes,
  assignmentRoutes,
  callRoutes,
  guidanceRoutes,
  handOverRoutes,
  downtimeListRoutes,
  libraryRoutes,
  libraryVersionRoutes,
  libraryFileRoutes,
  libraryAssignmentRoutes,
  ruleSetRoutes,
  ruleExceptionRoutes,
  announcementRoutes,
  offlineWindowRoutes,
  rejectedRecordRoutes,
  auditRoutes,
  systemRoutes,
  alertDelayReportRoutes,
  liveRoutes,
  contactMethodRoutes,
  reachabilityRoutes,
  notificationRoutes,
  telephoneRoutes,
];

/** The HTTP side as a set of plugins; it neither listens nor connects. */
export async function buildApp(deps: ApiDeps): Promise<FastifyInstance> {
  const { config, sessions, publicUrl, metrics } = deps;
  const loggerInstance: FastifyBaseLogger = deps.log;
  const behindProxy = config.PUBLIC_URL?.startsWith('https:') ?? false;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: mostBodyBytes,
    // Behind TLS the proxy tells who asks; anybody else who says so is not believed.
    trustProxy: behindProxy ? 'loopback, uniquelocal' : false,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  acceptEmptyBodies(app);
  addNotFound(app, dashboardPage(config.DASHBOARD_DIR));

  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: behindProxy ? { maxAge: 31_536_000 } : false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(cookie);
  await app.register(websocket, { options: { maxPayload: mostFrameBytes, perMessageDeflate: false } });
  addGuard(app, { sessions, publicUrl, cookieName: () => cookieNameFor(publicUrl()) });

  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });

  await addDocuments(app);
  for (const resource of resources) await app.register(resource(deps), { prefix: '/api/v1' });
  await app.register(healthRoutes(deps));
  await addPages(app, config.DASHBOARD_DIR);
  return app;
}

/** A changing request without a body may still say that it is JSON: it then has none, instead of a broken one. */
function acceptEmptyBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body.toString(), done);
  });
}
