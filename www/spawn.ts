/** Starts the worker that analyses. */
import { addresses } from './addresses';
import type { WorkerLike } from './analysis';
import type { Response, Word } from './protocol';
import { scriptUrl } from './trusted';
import workerUrl from './worker.ts?worker&url';

/** A worker that tells when it has ended, which browsers do not. */
export function spawnWorker(): WorkerLike {
  const worker = Object.assign(start(), { onended: null } as Pick<WorkerLike, 'onended'>);
  const online = () => worker.postMessage('online' satisfies Word);
  window.addEventListener('online', online);
  worker.addEventListener('message', ({ data }: MessageEvent<Response>) => {
    if (data.kind !== 'ready' || data.lock === null) return;
    // The worker holds the lock: it is to be had when the worker is no more.
    void navigator.locks.request(data.lock, () => {
      window.removeEventListener('online', online);
      worker.onended?.();
    });
  });
  return worker;
}

/** A browser runs a worker of another origin only when a script of this one loads it. */
function start(): Worker {
  const options: WorkerOptions = { type: 'module', name: JSON.stringify(addresses) };
  const url = new URL(workerUrl, location.href);
  if (url.origin === location.origin) return new Worker(scriptUrl(url.href), options);
  // A static import would need the page's policy to name the other origin as one of workers too.
  const script = `import(${JSON.stringify(url.href)}).catch(() => postMessage({ kind: 'load-failed' }));`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(scriptUrl(address), options);
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
