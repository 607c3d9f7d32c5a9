/** The page's side of the service worker: it is registered, and new versions are announced. */
import { scriptUrl } from '../trusted';

const HOUR_MS = 3_600_000;
/** A worker that has not answered by then does not work. */
const ANSWER_MS = 5_000;

/** A version that is stored and waits. */
export interface NewVersion {
  /** Loads the page anew with it; false when the browser could not. */
  take(): Promise<boolean>;
}

/** What the page asks of a version's worker; the answer is true or false. */
export type Question = 'is-shown' | 'show';

/** Calls `announce` when a new version is ready. Does nothing where browsers allow no workers. */
export async function watchVersions(announce: (version: NewVersion) => void): Promise<void> {
  const { serviceWorker } = navigator;
  // Absent on insecure addresses, and where the browser keeps nothing.
  if (!serviceWorker) return;
  try {
    const registration = await serviceWorker.register(scriptUrl('./sw.js'));
    const tell = async () => {
      const { waiting } = registration;
      // Without a controller it is the first version, and nothing waits for it.
      if (!waiting || !serviceWorker.controller || (await ask(waiting, 'is-shown'))) return;
      announce({ take: () => take(registration) });
    };
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') void tell();
      });
    });
    setInterval(() => void registration.update().catch(() => undefined), HOUR_MS);
    await tell();
  } catch (error) {
    console.warn('The page will not work offline.', error);
  }
}

/** Only the tab in which the user asked for it is loaded anew. */
async function take({ waiting }: ServiceWorkerRegistration): Promise<boolean> {
  // None waits where another tab has taken it before.
  const isTaken = !waiting || (await ask(waiting, 'show'));
  if (isTaken) location.reload();
  return isTaken;
}

function ask(worker: ServiceWorker, question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), ANSWER_MS);
    worker.postMessage(question, [port2]);
  });
}
