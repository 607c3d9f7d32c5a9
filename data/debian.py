#!/usr/bin/env python3
"""Writes debian_RELEASE.tsv and debian_base.tsv.

    data/debian.py PACKAGES BASE NAMES BYTES...

PACKAGES  release, package, installed_kib, deb_bytes, depends, recommends, provides: from apt's
          Packages indexes (main, updates and security, amd64, the newest version), of the packages
          that NAMES reach; versions dropped, commas between groups, bars between alternatives
BASE      release, flavour, package: debootstrap's minbase, and what buildpack-deps adds to it
NAMES     packages that Dockerfiles install, one a line
BYTES     a file a release, RELEASE_bytes.tsv, of the files in its .debs: package, data_bytes,
          slim_bytes (without what slim images leave out), slim_files, pyc_bytes (the byte code of
          Python modules), info_bytes (dpkg's records), slim_gz6_bytes (gzip -6 of the slim files)

All have a header and tabs. Packages that are not in BYTES have their Installed-Size only.
"""

import csv
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
HEADER = (
    'package installed_kib deb_bytes layer_bytes docs_bytes files gzip_bytes '
    'depends recommends provides'
).split()
FLAVOURS = ['slim', 'curl', 'scm', 'full']
# Fitted to 37 real installs in bookworm; see README.md.
PER_PACKAGE, PER_PYC, GZIP_PYC = 3490, 1.005, 0.364
# Files of a package that dpkg records on average.
RECORDS = 3


def rows(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def items(text):
    return [item for item in text.split(',') if item]


def stored(row):
    """The measured cells: layer_bytes, docs_bytes, files, gzip_bytes."""
    number = {name: int(cell) for name, cell in row.items() if name.endswith(('bytes', 'files'))}
    slim, pyc, info = (number[name] for name in ('slim_bytes', 'pyc_bytes', 'info_bytes'))
    return [
        round(slim + info + PER_PYC * pyc + PER_PACKAGE),
        number['data_bytes'] - slim,
        number['slim_files'] + RECORDS,
        round(number['slim_gz6_bytes'] + GZIP_PYC * pyc),
    ]


def write(name, header, lines):
    with open(FOLDER / name, 'w') as file:
        for line in [header, *lines]:
            print(*line, sep='\t', file=file)


def release_lines(packages, measured, wanted):
    fields = ('depends', 'recommends')
    asked = {name for row in packages for field in fields
             for group in items(row[field]) for name in group.split('|')}
    there = {row['package'] for row in packages}
    there |= {name for row in packages for name in items(row['provides'])}
    for row in sorted(packages, key=lambda row: row['package']):
        name = row['package']
        groups = [
            ['|'.join(other for other in group.split('|') if other in there)
             for group in items(row[field])]
            for field in fields
        ]
        yield [
            name,
            row['installed_kib'],
            row['deb_bytes'],
            *(stored(measured[name]) if name in measured else [''] * 4),
            *(','.join(filter(None, field)) for field in groups),
            ','.join(v for v in items(row['provides']) if v in asked or v in wanted),
        ]


def main(packages, base, names, *measured):
    wanted = set(open(names).read().split())
    measured = {
        pathlib.Path(path).name.split('_')[0]: {row['package']: row for row in rows(path)}
        for path in measured
    }
    packages = rows(packages)
    for release in sorted({row['release'] for row in packages}):
        own = [row for row in packages if row['release'] == release]
        lines = release_lines(own, measured.get(release, {}), wanted)
        write(f'debian_{release}.tsv', HEADER, lines)
    order = lambda row: (row['release'], FLAVOURS.index(row['flavour']), row['package'])
    header = ['release', 'flavour', 'package']
    write('debian_base.tsv', header,
          ([row[name] for name in header] for row in sorted(rows(base), key=order)))


main(*sys.argv[1:])
