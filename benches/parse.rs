//! Time of reading texts of growing length: ten times the lines must take ten
//! times as long (the columns with items give lines, or paths, a second).

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use dockerfile_playground::context::{Context, File, IgnoreFile};
use dockerfile_playground::syntax::{Dockerfile, shell};

mod fixtures;

const LINES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

#[divan::bench(args = LINES, sample_count = 10, sample_size = 1)]
fn dockerfile(bencher: Bencher, lines: usize) {
    let text = repeated(STAGE, lines);
    bencher.counter(ItemsCount::new(lines)).bench_local(|| Dockerfile::parse(black_box(&text)));
}

#[divan::bench(args = LINES, sample_count = 10, sample_size = 1)]
fn shell_script(bencher: Bencher, lines: usize) {
    let text = repeated(SCRIPT, lines);
    bencher.counter(ItemsCount::new(lines)).bench_local(|| shell::parse(black_box(&text)));
}

#[divan::bench(args = LINES, sample_count = 10, sample_size = 1)]
fn ignore_file(bencher: Bencher, lines: usize) {
    let text = repeated(PATTERNS, lines);
    bencher.counter(ItemsCount::new(lines)).bench_local(|| IgnoreFile::parse(black_box(&text)));
}

/// Deciding files by the patterns of a typical project.
#[divan::bench(args = [100, 1_000, 10_000], sample_count = 10, sample_size = 1)]
fn ignored_files(bencher: Bencher, files: usize) {
    let ignore = IgnoreFile::parse(PATTERNS);
    let mut context = Context::new(paths(files), &IgnoreFile::default());
    bencher.counter(ItemsCount::new(files)).bench_local(|| context.decide(black_box(&ignore)));
}

/// `count` lines of `text`, over and over.
fn repeated(text: &str, count: usize) -> String {
    fixtures::rounds(text.split_inclusive('\n')).take(count).collect()
}

fn paths(count: usize) -> impl Iterator<Item = File> {
    const FOLDERS: [&str; 5] = ["src/lib", "node_modules/left/dist", "docs", "test/e2e", ".git"];
    (0..count).map(|n| File {
        path: format!("{}/{}/file{n}.js", FOLDERS[n % FOLDERS.len()], n / 50),
        bytes: 1_000,
        executable: false,
    })
}

const STAGE: &str = r#"# Stage @
FROM node:20-alpine AS stage@
ARG VERSION=1.@
ENV NODE_ENV=production \
    PATH="/app/bin:$PATH" \
    VERSION=${VERSION:-0}
WORKDIR /app/@
COPY --chown=node:node package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    apt-get update && \
    # only what is needed
    apt-get install -y --no-install-recommends curl git && \
    rm -rf /var/lib/apt/lists/*
RUN <<EOF
set -e
npm ci --omit=dev
EOF
COPY --from=stage@ /app/dist ["/srv/a b", "/srv/out/"]
LABEL org.opencontainers.image.title="Stage @"
EXPOSE 8080/tcp
HEALTHCHECK --interval=30s CMD curl -f http://localhost/ || exit 1
CMD ["node", "server.js"]
"#;

const SCRIPT: &str = r#"set -eux; export VERSION="1.@"
apt-get update && apt-get install -y curl "git=${VERSION:-1}" || exit 1
if [ -f /etc/passwd ]; then echo "$(id -u) user" > /tmp/@; fi
for name in a b c; do mkdir -p "/srv/$name" && chown 1000 "/srv/$name"; done
case "$(uname -m)" in x86_64) arch=amd64 ;; *) arch=arm64 ;; esac
curl -fsSL "https://example.org/tool-$arch.tar.gz" | tar -xz -C /usr/local
cat <<EOF > /etc/tool.conf
version = ${VERSION}
EOF
rm -rf /var/lib/apt/lists/* /tmp/@
"#;

const PATTERNS: &str = "# Patterns
node_modules
**/*.log
.git
dist/**
!dist/keep@.js
docs/*.md
**/test/e2e/[0-9]*
src/lib/@/file?.js
";
