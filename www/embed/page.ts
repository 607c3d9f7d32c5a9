/** embed.html: a playground that fills a frame, told by the address what it shows. */
import { LinkError, decodeSnapshot } from '../share';
import { EmbedView } from './embed-view';
import { readFragment } from './options';

const main = document.querySelector('main')!;

async function open(): Promise<void> {
  const { state, view, readonly, theme } = readFragment(location.hash.slice(1));
  try {
    const snapshot = await decodeSnapshot(state);
    document.documentElement.dataset['theme'] = theme;
    const embed = Object.assign(new EmbedView(), { snapshot, view, readonly, theme });
    embed.height = '100%';
    main.replaceChildren(embed);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    say(state === '' ? 'The address of this frame holds no Dockerfile.' : error.message);
  }
}

function say(text: string): void {
  const message = document.createElement('p');
  message.className = 'problem';
  message.setAttribute('role', 'alert');
  message.textContent = text;
  main.replaceChildren(message);
}

window.addEventListener('hashchange', () => void open());
void open();
