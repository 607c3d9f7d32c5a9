import compression from 'compression';
import express from 'express';
import helmet from 'helmet';
import { orders, total } from './orders';

const app = express();
app.use(helmet(), compression());
app.get('/', (_request, response) => {
  response.json({ orders: orders.length, total: total(orders) });
});
app.listen(Number(process.env.PORT ?? 18080));
