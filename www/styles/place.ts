import { Directive, type DirectiveResult, type ElementPart, directive } from 'lit/directive.js';
import { nothing } from 'lit';

class Place extends Directive {
  render(_styles: Readonly<Record<string, string>>): typeof nothing {
    return nothing;
  }

  override update({ element }: ElementPart, [styles]: Parameters<this['render']>): typeof nothing {
    for (const [name, value] of Object.entries(styles)) {
      (element as HTMLElement).style.setProperty(name, value);
    }
    return nothing;
  }
}

/**
 * Sets style properties of an element: `<div ${place({ width: '30%' })}>`. Lit's `styleMap` renders
 * a style attribute first, which the page's security policy forbids; this only uses the CSSOM.
 */
export const place: (styles: Readonly<Record<string, string>>) => DirectiveResult =
  directive(Place);
