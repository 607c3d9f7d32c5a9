/** Findings as they are told. */
import type { Finding, Report } from '../pkg/report';

/** The findings without those that say what another one in the same line says. */
export function toldOnce({ findings }: Report): Finding[] {
  return findings.filter(({ same_as }) => same_as === undefined);
}
