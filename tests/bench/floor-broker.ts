// The floor's broker: aedes with the settings of broker/, without identity, access table, guard or limits.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker({
  concurrency: 0,
  keepaliveLimit: 60,
  drainTimeout: 10_000,
  connectTimeout: 10_000,
});
const server = createServer({ noDelay: true, highWaterMark: 1_310_720 }, (socket) => aedes.handle(socket));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('disconnect', () => process.exit());
