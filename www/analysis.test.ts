import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../pkg/report';
import { AnalysisClient, type WorkerLike } from './analysis';
import type { Ask, Request, Response } from './protocol';
import { workspaceOf } from './state';

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onended: WorkerLike['onended'] = null;
  readonly requests: Request[] = [];
  readonly terminate = vi.fn();

  readonly asked: Ask[] = [];

  postMessage(message: Request | Ask): void {
    if ('question' in message) this.asked.push(message);
    else this.requests.push(message);
  }

  say(data: Response): void {
    this.onmessage?.({ data } as MessageEvent<Response>);
  }

  answer(id: number, version: string): void {
    this.say({ kind: 'report', id, report: { version } as Report });
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const listener = { analysed: vi.fn(), status: vi.fn(), missing: vi.fn(), loading: vi.fn() };
  const client = new AnalysisClient(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  }, listener);
  const worker = (index = 0): FakeWorker => {
    const found = workers[index];
    if (!found) throw new Error(`worker ${index} was not started`);
    return found;
  };
  return { client, listener, workers, worker };
}

const [a, b, c] = ['a', 'b', 'c'].map((text) => workspaceOf(text)) as [
  ReturnType<typeof workspaceOf>,
  ReturnType<typeof workspaceOf>,
  ReturnType<typeof workspaceOf>,
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('AnalysisClient', () => {
  it('waits for the worker, then sends the newest text only', () => {
    const { client, worker } = setUp();
    client.request(a);
    client.request(b);
    expect(worker().requests).toEqual([]);
    worker().say({ kind: 'ready', lock: null });
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual(['b']);
  });

  it('keeps one request under way and skips those in between', () => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    client.request(b);
    client.request(c);
    worker().answer(1, 'of a');
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual(['a', 'c']);
    worker().answer(2, 'of c');
    expect(listener.analysed.mock.calls.map(([analysed]) => analysed.workspace)).toEqual([a, c]);
  });

  it('asks a worker again that lacked a part, with the newest text', async () => {
    const { client, listener, workers, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    const format = client.ask({ kind: 'format', text: 'x' });
    worker().say({ kind: 'incomplete' });
    expect(listener.status).toHaveBeenLastCalledWith({ kind: 'busy', long: false });
    client.request(b);
    // However long that takes: it is no slow analysis.
    vi.advanceTimersByTime(10 * 60_000);
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual(['a']);
    worker().say({ kind: 'ready', lock: null });
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual(['a', 'b']);
    expect(worker().asked.map(({ question }) => question.kind)).toEqual(['format', 'format']);
    worker().say({ kind: 'answer', id: worker().asked[1]!.id, answer: 'X' });
    expect(await format).toBe('X');
    expect(workers).toHaveLength(1);
  });

  it('asks again for the text that was under way where there is no newer one', () => {
    const { client, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    worker().say({ kind: 'incomplete' });
    worker().say({ kind: 'ready', lock: null });
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual(['a', 'a']);
  });

  it('ignores an answer that it did not ask for', () => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    worker().answer(7, 'of nothing');
    expect(listener.analysed).not.toHaveBeenCalled();
  });

  it('asks again about the last text when the worker has learnt more', () => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    worker().answer(1, 'rough');
    worker().say({ kind: 'learnt' });
    worker().answer(2, 'better');
    expect(listener.analysed.mock.calls.map(([{ report }]) => report.version)).toEqual([
      'rough',
      'better',
    ]);
    client.request(b);
    client.request(c);
    worker().say({ kind: 'learnt' });
    worker().answer(3, 'of b');
    expect(worker().requests.map((request) => request.project.dockerfile)).toEqual([
      ...['a', 'a', 'b', 'c'],
    ]);
  });

  it('passes on which data is missing', () => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'pack-missing', about: 'base images' });
    expect(listener.missing).toHaveBeenCalledWith('base images');
  });

  it('says that it is busy only when an answer is slow', () => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    vi.advanceTimersByTime(299);
    expect(listener.status).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(listener.status).toHaveBeenCalledWith({ kind: 'busy', long: false });
  });

  it('replaces a worker that crashed, on the next text', () => {
    const { client, listener, workers, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    worker().say({ kind: 'crashed', id: 1 });
    expect(worker().terminate).toHaveBeenCalled();
    expect(listener.status).toHaveBeenCalledWith(expect.objectContaining({ kind: 'failed' }));
    expect(workers).toHaveLength(1);
    client.request(b);
    worker(1).say({ kind: 'ready', lock: null });
    expect(worker(1).requests[0]?.project.dockerfile).toBe('b');
  });

  it('gives up a worker that hangs', () => {
    const { client, listener, workers, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    vi.advanceTimersByTime(15_000);
    expect(worker().terminate).toHaveBeenCalled();
    expect(listener.status.mock.calls.at(-1)?.[0].message).toMatch(/too long/);
    expect(workers).toHaveLength(1);
  });

  it.each([
    ['came while it was under way', 100],
    ['comes later', 5_000],
  ])('does not wait for a slow answer when a newer text %s', (_, after) => {
    const { client, listener, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    vi.advanceTimersByTime(after);
    client.request(b);
    vi.advanceTimersByTime(3_000);
    expect(worker().terminate).toHaveBeenCalled();
    worker(1).say({ kind: 'ready', lock: null });
    expect(worker(1).requests[0]?.project.dockerfile).toBe('b');
    expect(listener.status).not.toHaveBeenCalledWith(expect.objectContaining({ kind: 'failed' }));
  });

  it('says when the analysis cannot be loaded, and does not try in a loop', () => {
    const { client, listener, workers, worker } = setUp();
    client.request(a);
    worker().say({ kind: 'load-failed' });
    expect(listener.status.mock.calls[0]?.[0].message).toMatch(/could not be loaded/);
    expect(workers).toHaveLength(1);
  });

  it('replaces a worker that the browser ended, and says so where that cost an answer', () => {
    const { client, listener, worker, workers } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    worker().answer(1, 'of a');
    worker().onended?.();
    client.request(b);
    expect(listener.status).not.toHaveBeenCalled();
    worker(1).say({ kind: 'ready', lock: null });
    worker(1).onended?.();
    expect(listener.status).toHaveBeenCalledWith({
      kind: 'failed',
      message: expect.stringContaining('The browser ended the analysis'),
    });
    client.request(c);
    worker(2).say({ kind: 'ready', lock: null });
    // What ended before is of no concern any more.
    worker(1).onended?.();
    worker(2).answer(3, 'of c');
    expect(listener.analysed.mock.calls.map(([analysed]) => analysed.workspace)).toEqual([a, c]);
    expect(workers).toHaveLength(3);
  });

  describe('questions of the editor', () => {
    const format = (text: string) => ({ kind: 'format', text }) as const;

    it('are asked as soon as the worker is ready, and answered each by itself', async () => {
      const { client, worker } = setUp();
      client.request(a);
      const [one, two] = [client.ask(format('one')), client.ask(format('two'))];
      expect(worker().asked).toEqual([]);
      worker().say({ kind: 'ready', lock: null });
      const [first, second] = worker().asked.map(({ id }) => id);
      worker().say({ kind: 'answer', id: second!, answer: 'TWO' });
      worker().say({ kind: 'answer', id: first!, answer: 'ONE' });
      expect(await Promise.all([one, two])).toEqual(['ONE', 'TWO']);
    });

    it('have no answer where there is no worker, or it fails', async () => {
      const { client, worker } = setUp();
      expect(await client.ask(format('x'))).toBeNull();
      client.request(a);
      const asked = client.ask(format('x'));
      worker().say({ kind: 'load-failed' });
      expect(await asked).toBeNull();
    });

    it('that are too much for the worker cost the analysis nothing but a new worker', async () => {
      const { client, listener, workers, worker } = setUp();
      client.request(a);
      worker().say({ kind: 'ready', lock: null });
      const asked = client.ask(format('x'));
      worker().say({ kind: 'crashed', id: worker().asked[0]!.id });
      expect(await asked).toBeNull();
      expect(workers).toHaveLength(2);
      worker(1).say({ kind: 'ready', lock: null });
      expect(worker(1).requests.map(({ project }) => project.dockerfile)).toEqual(['a']);
      expect(listener.status).not.toHaveBeenCalledWith(expect.objectContaining({ kind: 'failed' }));
    });
  });

  it('says when an answer takes long, and gives it up when told to', () => {
    const { client, listener, worker, workers } = setUp();
    client.request(a);
    worker().say({ kind: 'ready', lock: null });
    vi.advanceTimersByTime(2_900);
    expect(listener.status).not.toHaveBeenCalledWith({ kind: 'busy', long: true });
    vi.advanceTimersByTime(200);
    expect(listener.status).toHaveBeenLastCalledWith({ kind: 'busy', long: true });
    client.cancel();
    expect(worker().terminate).toHaveBeenCalled();
    expect(listener.status).toHaveBeenLastCalledWith({
      kind: 'failed',
      message: expect.stringContaining('cancelled'),
    });
    worker().answer(1, 'late');
    expect(listener.analysed).not.toHaveBeenCalled();
    client.request(b);
    worker(1).say({ kind: 'ready', lock: null });
    expect(workers.length).toBe(2);
  });

  it('has nothing to cancel while nothing is under way', () => {
    const { client, listener } = setUp();
    client.cancel();
    expect(listener.status).not.toHaveBeenCalled();
  });
});
