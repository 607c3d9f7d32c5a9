import { describe, expect, it, vi } from 'vitest';
import { addresses } from './addresses';
import { PackLoader } from './packs';

function setUp(fetchPack: (url: URL, signal: AbortSignal) => Promise<Uint8Array>) {
  const learner = { load: vi.fn() };
  const listener = { learnt: vi.fn(), missing: vi.fn(), loading: vi.fn() };
  const fetched = vi.fn(fetchPack);
  return {
    learner,
    listener,
    fetched,
    loader: new PackLoader(addresses.packs, learner, listener, fetched),
  };
}

describe('PackLoader', () => {
  it('fetches each pack once and tells when there is more to know', async () => {
    const { learner, listener, fetched, loader } = setUp(async () => Uint8Array.of(1));
    await Promise.all([loader.load(['images', 'debian-trixie']), loader.load(['images'])]);
    await loader.load(['images']);
    expect(fetched.mock.calls.map(([url]) => url.pathname.split('/').at(-1))).toEqual([
      'images.pack',
      'debian-trixie.pack',
    ]);
    expect(learner.load).toHaveBeenCalledTimes(2);
    expect(listener.learnt).toHaveBeenCalledTimes(1);
    expect(listener.missing).not.toHaveBeenCalled();
  });

  it('says what it loads, and stops when it is told to', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const never = (_: URL, signal: AbortSignal) =>
      new Promise<Uint8Array>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const { listener, loader } = setUp(never);
    const loaded = loader.load(['npm', 'images']);
    expect(listener.loading).toHaveBeenLastCalledWith(['npm packages', 'base images']);
    loader.stop();
    await loaded;
    expect(listener.loading).toHaveBeenLastCalledWith([]);
    expect(listener.missing).toHaveBeenCalledTimes(2);
    expect(listener.learnt).not.toHaveBeenCalled();
  });

  it('says which pack is missing, and loads the others', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const { learner, listener, loader } = setUp(async (url) => {
      if (url.pathname.includes('images')) throw new Error('404');
      return Uint8Array.of(1);
    });
    await loader.load(['images', 'debian-bookworm', 'of-tomorrow']);
    expect(learner.load).toHaveBeenCalledTimes(1);
    expect(listener.learnt).toHaveBeenCalledTimes(1);
    expect(listener.missing.mock.calls.flat().sort()).toEqual(['base images', 'of-tomorrow']);
  });

  it('takes a pack that the analysis refuses for missing', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const { learner, listener, loader } = setUp(async () => Uint8Array.of(1));
    learner.load.mockImplementation(() => {
      throw new Error('the data pack is damaged');
    });
    await loader.load(['images']);
    expect(listener.missing).toHaveBeenCalledWith('base images');
    expect(listener.learnt).not.toHaveBeenCalled();
  });

  it('fetches a damaged pack anew, once', async () => {
    const { learner, listener, fetched, loader } = setUp(async () => Uint8Array.of(1));
    learner.load.mockImplementationOnce(() => {
      throw new Error('the data pack is damaged');
    });
    await loader.load(['images']);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(listener.learnt).toHaveBeenCalledTimes(1);
    expect(listener.missing).not.toHaveBeenCalled();
  });

  it('tries again what was missing, and nothing else', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    let isOnline = false;
    const { listener, fetched, loader } = setUp(async (url) => {
      if (!isOnline && url.pathname.includes('images')) throw new Error('no network');
      return Uint8Array.of(1);
    });
    await loader.load(['images', 'debian-bookworm']);
    await loader.load(['images']);
    expect(listener.missing).toHaveBeenCalledTimes(1);
    isOnline = true;
    await loader.retry();
    await loader.retry();
    expect(listener.learnt).toHaveBeenCalledTimes(2);
    expect(fetched).toHaveBeenCalledTimes(3);
  });
});
