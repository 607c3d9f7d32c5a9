const fastify = require('fastify');
const { capitalize } = require('lodash');

const server = fastify({ logger: true });
server.get('/', async () => ({ greeting: capitalize('hello from fastify') }));
server.listen({ host: '0.0.0.0', port: Number(process.env.PORT) });
