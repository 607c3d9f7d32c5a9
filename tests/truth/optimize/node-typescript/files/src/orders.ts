import { z } from 'zod';

const Order = z.object({ id: z.number(), price: z.number().positive(), count: z.number().int() });
type Order = z.infer<typeof Order>;

export const orders: readonly Order[] = [
  { id: 1, price: 4.5, count: 2 },
  { id: 2, price: 20, count: 1 },
].map((order) => Order.parse(order));

export function total(orders: readonly Order[]): number {
  return orders.reduce((sum, { price, count }) => sum + price * count, 0);
}
