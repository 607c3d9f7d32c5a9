/**
 * Addresses of scripts, under the page's policy of trusted types: only what stands here may become
 * one, and only of our own origin. Browsers without trusted types take the text.
 */

interface Policy {
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

function ownScript(url: string): string {
  const { origin, protocol } = new URL(url, location.href);
  // A blob's text is written by this page too.
  if (origin !== location.origin && protocol !== 'blob:') throw new TypeError(`not ours: ${url}`);
  return url;
}

function policy(): Policy {
  const rules = { createScriptURL: ownScript };
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };
  try {
    return trustedTypes?.createPolicy('playground', rules) ?? rules;
  } catch {
    // A page that embeds the playground may allow no policies, and then mostly asks for none.
    return rules;
  }
}

const own = policy();

/** The address of one of our own scripts. */
export function scriptUrl(url: string): string {
  return own.createScriptURL(url);
}
