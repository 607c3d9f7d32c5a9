#!/usr/bin/env python3
"""Writes alpine_packages.tsv.

    data/alpine.py APKINDEX RECENT TYPICAL

APKINDEX  of a release's main repository (fields P, I, S, D, p, i, k)
RECENT    package, KiB, image: Installed size in a later release, from docker-library/repo-info's
          listings of images
TYPICAL   package, bytes, dependencies: of the community repository, whose index was not to be had;
          remembered, not measured

The latter two have spaces and no header. Dependencies are resolved to packages of the table.
"""

import pathlib
import re
import sys

HEADER = 'package installed_bytes apk_bytes depends install_if provides source'.split()
# Documentation, translations, kernels and services: not what images install.
LEFT_OUT = re.compile(
    r'-(doc|dbg|lang|openrc|completion|completions)$'
    r'|^linux-(lts|virt|rpi|edge|firmware|asahi)|^(acf|asterisk|dahdi|xtables|zfs|kamailio|freeswitch)\b'
)


def index(path):
    for block in open(path).read().split('\n\n'):
        fields = dict(line.split(':', 1) for line in block.split('\n') if ':' in line)
        if 'P' in fields:
            yield fields


def names(text):
    """The names in a list of dependencies, without versions and conflicts."""
    return [re.split('[=<>~@]', name)[0] for name in text.split() if not name.startswith('!')]


def main(apkindex, recent, typical):
    packages = {f['P']: f for f in index(apkindex) if not LEFT_OUT.search(f['P'])}
    providers = {}
    for name, fields in packages.items():
        for provided in names(fields.get('p', '')):
            providers.setdefault(provided, []).append(name)

    def resolved(name):
        if name in packages:
            return name
        found = providers.get(name, [])
        return min(found, key=lambda n: (-int(packages[n].get('k', 0)), len(n), n), default=None)

    def all_resolved(text, of):
        found = [resolved(name) for name in names(text)]
        return list(dict.fromkeys(name for name in found if name and name != of))

    later = {name: (int(kib) * 1024, image) for name, kib, image in map(str.split, open(recent))}
    lines = []
    for name, f in packages.items():
        size, source = int(f['I']), 'index of v3.19 main, 2024-01'
        if name in later:
            size, image = later[name]
            source = f'listing of {image}, 2026-09'
        wants = names(f.get('i', ''))
        lines.append([
            name,
            size,
            f['S'],
            ','.join(all_resolved(f.get('D', ''), name)),
            ','.join(wants) if all(want in packages for want in wants) else '',
            ','.join(p for p in names(f.get('p', '')) if ':' not in p),
            source,
        ])
    for name, size, *needs in map(str.split, open(typical)):
        if name in packages:
            continue
        needs = ','.join(all_resolved(' '.join(needs), name))
        lines.append([name, size, int(size) // 3, needs, '', '', 'typical'])
    with open(pathlib.Path(__file__).parent / 'alpine_packages.tsv', 'w') as file:
        for line in [HEADER, *sorted(lines)]:
            print(*line, sep='\t', file=file)


main(*sys.argv[1:])
