import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { mqttDocument } from './mqtt-document.ts';

/** OpenAPI 3.1 from the routes' own schemas, its pages, and AsyncAPI of the MQTT side. Register before the routes. */
export async function addDocuments(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Dripwatch',
        version: '1',
        description:
          'Watches infusion pumps at home. Never controls therapy. Sign in with POST /api/v1/session; every changing request carries x-csrf-token. Errors are RFC 9457 problems.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'dw_session' } },
      },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await scope.register(swaggerUi, { routePrefix: '/api/docs', uiConfig: { deepLinking: false, validatorUrl: null } });
    const schema = { hide: true };
    scope.get('/api/v1/openapi.json', { schema }, async () => app.swagger());
    scope.get('/api/v1/asyncapi.json', { schema }, async () => mqttDocument());
  });
}
