import { EditorState, Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../pkg/report';
import { diagnosticsOf, ignoreDiagnosticsOf } from './diagnostics';
import { fixTransaction } from './fix';

const doc = Text.of(['FROM node:18', 'RUNN npm ci', '']);
const place = { line: 2, column: 1, end_line: 2, end_column: 5 };

function report(errors: object[], findings: object[]): Report {
  return { syntax: { valid: false, errors }, findings } as unknown as Report;
}

describe('diagnosticsOf', () => {
  it('places a problem, with its help', () => {
    const problem = { ...place, message: 'unknown instruction', help: 'Did you mean RUN?' };
    const [diagnostic] = diagnosticsOf(doc, report([problem], []));
    expect(diagnostic).toMatchObject({ from: 13, to: 17, severity: 'error' });
    expect(diagnostic?.message).toContain('Did you mean RUN?');
  });

  it('stays within a text that has become shorter', () => {
    const far = { line: 99, column: 99, end_line: 100, end_column: 1, message: '' };
    const [diagnostic] = diagnosticsOf(doc, report([far], []));
    expect(diagnostic).toMatchObject({ from: doc.length, to: doc.length });
  });

  it('is in the order of the text', () => {
    const finding = { ...place, line: 1, end_line: 1, severity: 'info', message: 'f', rule: 'r' };
    const all = diagnosticsOf(doc, report([{ ...place, message: 'e' }], [finding]));
    expect(all.map((diagnostic) => diagnostic.message)).toEqual(['f', 'e']);
  });
});

describe('ignoreDiagnosticsOf', () => {
  it('takes the problems of the .dockerignore, not those of the listing', () => {
    const problems = [
      { ...place, message: 'file listing: no size' },
      { ...place, message: '.dockerignore: a pattern that ends in a backslash' },
    ];
    const found = ignoreDiagnosticsOf(doc, { context: { problems } } as unknown as Report);
    expect(found.map(({ from, message }) => [from, message])).toEqual([
      [13, 'a pattern that ends in a backslash'],
    ]);
  });
});

describe('fixTransaction', () => {
  it('applies all edits against the text as it was', () => {
    const state = EditorState.create({ doc });
    const fix = {
      title: 'Fix',
      edits: [
        { start: 5, end: 12, text: 'node:18-slim' },
        { start: 13, end: 17, text: 'RUN' },
      ],
    };
    expect(state.update(fixTransaction(fix)).state.doc.toString()).toBe(
      'FROM node:18-slim\nRUN npm ci\n',
    );
  });
});
