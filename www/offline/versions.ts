/** The page's side of the service worker: it is registered, and new versions are announced. */
import { scriptUrl } from '../trusted';

const HOUR_MS = 3_600_000;

/** A version that is stored and waits. */
export interface NewVersion {
  /** Loads the page anew with it. */
  take(): void;
}

/** Calls `announce` when a new version is ready. Does nothing where browsers allow no workers. */
export async function watchVersions(announce: (version: NewVersion) => void): Promise<void> {
  const { serviceWorker } = navigator;
  // Absent on insecure addresses, and where the browser keeps nothing.
  if (!serviceWorker) return;
  try {
    const registration = await serviceWorker.register(scriptUrl('./sw.js'));
    const tell = () => {
      const { waiting } = registration;
      // Without a controller it is the first version, and nothing waits for it.
      if (waiting && serviceWorker.controller) announce({ take: () => take(waiting) });
    };
    tell();
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') tell();
      });
    });
    setInterval(() => void registration.update().catch(() => undefined), HOUR_MS);
  } catch (error) {
    console.warn('The page will not work offline.', error);
  }
}

/** Only the tab in which the user asked for it is loaded anew. */
function take(waiting: ServiceWorker): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
    once: true,
  });
  waiting.postMessage('take-over');
}
