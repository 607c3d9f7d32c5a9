//! Time of all rules on an analysed Dockerfile: 1,000 instructions are to be
//! checked in under 5 ms.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use dockerfile_playground::rules::check;
use dockerfile_playground::{Analysis, Project};

/// Instructions.
const SIZES: [usize; 2] = [100, 1_000];

fn main() {
    keep_memory();
    divan::main();
}

/// Lets the allocator keep what is freed, as it does in the browser. glibc gives
/// more than it once had to give back, so that each round would begin with page
/// faults, which take longer than the check on a virtual machine; it stops where a
/// large block was freed once (mallopt(3), M_MMAP_THRESHOLD).
fn keep_memory() {
    drop(black_box(vec![1_u8; 30 << 20]));
}

/// A stage after the other, each on the one before: every variable is known to
/// all that follow.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn stages(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, STAGE);
}

/// One stage alone, whose RUN instructions are long.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn runs(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, RUNS);
}

/// Instructions that rules find much in.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn findings(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, FINDINGS);
}

fn bench(bencher: Bencher, instructions: usize, text: &str) {
    let project = Project { dockerfile: repeated(text, instructions), ..Project::default() };
    let analysis = Analysis::new(&project);
    assert_eq!(analysis.dockerfile.instructions.len(), instructions);
    bencher.counter(ItemsCount::new(instructions)).bench_local(|| check(black_box(&analysis)));
}

/// `count` instructions, those of `text` over and over; `@` becomes a number
/// that differs each time, and the FROM that comes first stands there once.
fn repeated(text: &str, count: usize) -> String {
    let instructions = text.split_inclusive("\n\n");
    let rounds = (0..).flat_map(|round| {
        instructions.clone().map(move |one| one.replace('@', &round.to_string()))
    });
    let first = std::iter::once("FROM debian:12\n".to_owned());
    first.chain(rounds).take(count).collect()
}

const STAGE: &str = r#"
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
    apt-get install -y --no-install-recommends curl=7.88.* git=1:2.39.* && \
    rm -rf /var/lib/apt/lists/*

RUN npm ci --omit=dev

COPY --from=stage@ /app/dist /srv/out/

LABEL org.opencontainers.image.title="Stage @"

EXPOSE 8080/tcp

HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://localhost/"]

CMD ["node", "server.js"]

"#;

const RUNS: &str = r#"
RUN set -eux; export VERSION="1.@"; \
    if [ -f /etc/passwd ]; then echo "$(id -u) user" > /tmp/@; fi; \
    for name in a b c; do mkdir -p "/srv/$name" && chown 1000 "/srv/$name"; done; \
    case "$(uname -m)" in x86_64) arch=amd64 ;; *) arch=arm64 ;; esac; \
    curl -fsSL "https://example.org/tool-$arch.tar.gz" | tar -xz -C /usr/local; \
    rm -rf /var/lib/apt/lists/* /tmp/@

COPY file@ /srv/

"#;

const FINDINGS: &str = r#"
FROM Node as Stage@

MAINTAINER me

ENV key value@

RUN sudo apt install python; cd /srv; wget a | b; pip install c

WORKDIR relative

ADD file@ $undefined

CMD start @

"#;
