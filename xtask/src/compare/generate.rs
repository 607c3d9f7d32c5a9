//! Dockerfiles put together from lines that people write, the same ones each
//! time: whole ones as a project has them, and mixtures of everything.

/// The Dockerfile of a number.
pub fn dockerfile(number: u64) -> String {
    let mut dice = Dice::new(number);
    let mut text = String::new();
    for _ in 0..dice.below(3) {
        line(&mut text, dice.pick(HEADS));
    }
    for stage in 0..=dice.below(3) {
        let name = STAGES[dice.below(STAGES.len())];
        let base = dice.pick(BASES);
        match dice.below(4) {
            0 => line(&mut text, &format!("FROM {name}")),
            1 => line(&mut text, &format!("FROM {base}")),
            _ => line(&mut text, &format!("FROM {base} AS {name}")),
        }
        for _ in 0..2 + dice.below(9) {
            instruction(&mut text, &mut dice, stage);
        }
    }
    text
}

fn instruction(text: &mut String, dice: &mut Dice, stage: usize) {
    if dice.below(12) == 0 {
        line(text, dice.pick(COMMENTS));
    }
    let onbuild = if dice.below(25) == 0 { "ONBUILD " } else { "" };
    match dice.below(3) {
        0 => line(text, &format!("{onbuild}{}", dice.pick(OTHERS))),
        _ => {
            let flag = if dice.below(8) == 0 { dice.pick(FLAGS) } else { "" };
            let form = dice.below(14);
            let first = dice.pick(SHELL);
            let commands: Vec<_> =
                (0..dice.below(3)).map(|_| dice.pick(SHELL)).chain([first]).collect();
            match form {
                0 => line(text, &format!("RUN {flag}<<EOF\n{}\nEOF", commands.join("\n"))),
                1 if !first.contains('"') && !first.contains('\\') => {
                    let words: Vec<_> =
                        first.split(' ').map(|word| format!("\"{word}\"")).collect();
                    line(text, &format!("RUN [{}]", words.join(", ")));
                }
                2 => line(text, &format!("{onbuild}RUN {flag}{}", commands.join("; "))),
                3 => line(text, &format!("RUN {flag}{}", commands.join(" || "))),
                4 => line(text, &format!("RUN if [ -n \"$A\" ]; then {first}; fi")),
                5 => line(text, &format!("RUN ({first}) && {}", commands.join(" && "))),
                _ => line(text, &format!("{onbuild}RUN {flag}{}", commands.join(" && \\\n    "))),
            }
        }
    }
    if dice.below(20) == 0 {
        line(text, "");
    }
    if stage > 0 && dice.below(6) == 0 {
        line(text, dice.pick(COPIES));
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
    // hadolint reads no instruction in the line below a heredoc.
    if line.ends_with("\nEOF") {
        text.push('\n');
    }
}

/// A xorshift generator: each number gives the same throws everywhere.
pub struct Dice(u64);

impl Dice {
    /// The throws of a number.
    pub fn new(number: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `count`, which is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % count
    }

    /// One of the lines.
    pub fn pick<'l>(&mut self, lines: &[&'l str]) -> &'l str {
        lines[self.below(lines.len())]
    }
}

/// What stands above the first FROM.
const HEADS: &[&str] = &[
    "# syntax=docker/dockerfile:1",
    "ARG VERSION=1",
    "ARG BASE=debian:12",
    "# a comment",
    "# hadolint global ignore=DL3008,DL3059",
    "# hadolint stage ignore=DL3003",
];

const STAGES: [&str; 4] = ["build", "deps", "final", "test"];

const BASES: &[&str] = &[
    "debian",
    "debian:12",
    "debian:latest",
    "alpine:3.20",
    "node:20-alpine",
    "python:3.12-slim",
    "scratch",
    "$BASE",
    "${BASE}",
    "golang:${VERSION}",
    "ghcr.io/owner/image:1",
    "registry.example.com/a/b",
    "registry.example.com:5000/a/b:2",
    "localhost:5000/a",
    "ubuntu@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "--platform=linux/amd64 debian:12",
    "--platform=$BUILDPLATFORM golang:1.22",
    "--platform=$TARGETPLATFORM alpine:3",
    "mcr.microsoft.com/windows/servercore:ltsc2022",
];

const COMMENTS: &[&str] = &[
    "# a comment",
    "# hadolint ignore=DL3008",
    "# hadolint ignore=DL3003,DL3008,DL3009,DL3015,DL4006",
    "# hadolint ignore=DL3042,SC2086",
    "#hadolint ignore=DL3059 # why",
    "# hadolint ignore=all",
    "# hadolint stage ignore=DL3018",
    "# hadolint global ignore=DL3020",
];

/// Flags of RUN.
const FLAGS: &[&str] = &[
    "--mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt ",
    "--mount=type=cache,target=/root/.cache/pip ",
    "--mount=type=cache,target=/root/.npm ",
    "--mount=type=cache,target=/root/.cache/yarn ",
    "--mount=type=tmpfs,target=/var/lib/apt/lists ",
    "--mount=type=bind,source=a,target=b ",
    "--network=none ",
    "--security=insecure ",
];

/// Commands of RUN, without a `&&` that the whole could not stand.
const SHELL: &[&str] = &[
    "apt-get update",
    "apt-get install curl",
    "apt-get install -y curl",
    "apt-get install -y --no-install-recommends curl=7.* git",
    "apt-get install -y --no-install-recommends curl=7.88.1-10 git=1:2.39",
    "apt-get -y install --no-install-recommends ./local.deb",
    "apt-get install -qq curl",
    "apt-get install --yes build-essential",
    "apt-get -qqy install gcc",
    "apt-get upgrade -y",
    "apt-get dist-upgrade",
    "apt-get clean",
    "rm -rf /var/lib/apt/lists/*",
    "rm -r /var/lib/apt/lists/*",
    "rm -rf /var/cache/apk/*",
    "apt install -y curl",
    "apt-cache search curl",
    "DEBIAN_FRONTEND=noninteractive apt-get install -y tzdata",
    "sudo apt-get install -y git",
    "sudo -u app ls",
    "exec sudo ls",
    "apk add curl",
    "apk add --no-cache curl",
    "apk add --no-cache curl=8.5.0-r0 git~=2.43",
    "apk add --update bash",
    "apk add --no-cache --virtual .deps gcc musl-dev",
    "apk update",
    "apk upgrade",
    "apk upgrade --no-cache",
    "apk del .deps",
    "pip install flask",
    "pip install flask==3.0.0",
    "pip install --no-cache-dir flask==3.0.0",
    "pip install --no-cache-dir -r requirements.txt",
    "pip install -r requirements.txt",
    "pip3 install --upgrade pip",
    "pip install --no-cache-dir 'flask>=2,<3'",
    "pip install \"flask[async]\"",
    "pip install git+https://example.com/a.git@v1",
    "pip install .",
    "pip install --no-cache-dir --index-url https://example.com/simple flask==1",
    "python -m pip install flask",
    "python3 -m pip install --no-cache-dir flask==1.0",
    "PIP_NO_CACHE_DIR=1 pip install flask==1",
    "pipx install poetry",
    "npm install",
    "npm install -g yarn",
    "npm install -g yarn@1.22.0",
    "npm install express@4.1.1 lodash",
    "npm install --production",
    "npm ci",
    "npm i express",
    "npm install git+https://example.com/a.git#v1",
    "npm install ./folder",
    "npm cache clean --force",
    "yarn install",
    "yarn install --frozen-lockfile",
    "yarn cache clean",
    "yarn global add serve",
    "gem install bundler",
    "gem install bundler:2.5.0",
    "gem install bundler --version 2.5.0",
    "gem install -v 2.5.0 bundler",
    "bundle install",
    "go install example.com/cmd@latest",
    "go install example.com/cmd@v1.2.3",
    "go install example.com/cmd",
    "go get example.com/cmd",
    "go build -o /app ./...",
    "cargo install ripgrep",
    "yum install httpd",
    "yum install -y httpd-2.4.57",
    "yum -y update",
    "yum clean all",
    "yum module install -y nodejs:20",
    "rm -rf /var/cache/yum",
    "dnf install -y httpd",
    "dnf install -y httpd-2.4.57",
    "dnf clean all",
    "microdnf install -y tar",
    "microdnf clean all",
    "rm -rf /var/cache/dnf",
    "zypper install -y httpd",
    "zypper install httpd=2.4.46",
    "zypper --non-interactive install httpd",
    "zypper update",
    "zypper dist-upgrade -y",
    "zypper clean",
    "wget https://example.com/a",
    "wget -q https://example.com/a",
    "wget --progress=dot:giga https://example.com/a",
    "wget -nv https://example.com/a -O /tmp/a",
    "wget -qO- https://example.com/a | tar xz",
    "wget --no-verbose https://example.com/a",
    "wget -o /dev/null https://example.com/a",
    "time wget https://example.com/a",
    "curl -fsSL https://example.com/a -o /tmp/a",
    "curl https://example.com/a | sh",
    "curl -sSL https://example.com/a | bash -s -- --yes",
    "set -o pipefail; curl https://example.com/a | sh",
    "cd /opt",
    "cd",
    "(cd /tmp; make)",
    "cd /src && make && make install",
    "mkdir -p /app",
    "useradd -m app",
    "useradd -l -u 1000000 app",
    "useradd -u 123456789 app",
    "useradd --uid 1000 app",
    "adduser -D app",
    "groupadd -r app",
    "usermod -aG sudo app",
    "ln -s /bin/bash /bin/sh",
    "ln -sf /bin/bash /bin/sh",
    "ln -s /usr/bin/python3 /usr/bin/python",
    "chmod +x /entrypoint.sh",
    "chown -R app:app /app",
    "echo hello > /tmp/a",
    "echo \"$(cat /etc/os-release | grep ID)\"",
    "echo 'a | b'",
    "cat /etc/passwd | grep root || true",
    "[ -f /a ] || exit 1",
    "[[ -f /a && -f /b ]]",
    "for p in a b c; do apt-get install -y $p; done",
    "for i in $(seq 1 3); do echo $i; done",
    "while ! curl localhost; do sleep 1; done",
    "case $(uname -m) in x86_64) A=amd64;; *) A=arm64;; esac",
    "export A=1",
    "A=$(curl -s https://example.com/version)",
    "tar xzf app.tar.gz -C /opt",
    "tar -xf /tmp/app.tar.gz",
    "unzip /tmp/files.zip",
    "gunzip data.gz",
    "kill -9 1",
    "ps aux",
    "service nginx start",
    "ssh user@host",
    "top",
    "vim /etc/hosts",
    "mount /dev/sda /mnt",
    "shutdown now",
    "free -m",
    "command -v curl",
    "busybox wget https://example.com/a",
    "eval \"$(ssh-agent)\"",
    "add-apt-repository ppa:a/b",
    "/usr/bin/apt-get update",
    "env A=b apt-get install -y curl",
    "xargs -a packages.txt apt-get install -y",
    "make -j\"$(nproc)\"",
    "true",
    ":",
    "powershell -Command Get-Process",
    "[ \"$A\" = b ]",
    "test -e a && echo yes",
    "! false",
    "{ echo a; echo b; } > c",
    "f() { apt-get install -y x; }; f",
    "trap 'exit 1' INT",
    "exit 0",
    "source ~/.bashrc",
    ". /venv/bin/activate",
    "echo ${A:-b} ${B:?} ${#C} $((1 + 2))",
    "echo `date`",
    "sed -i 's/a/b/' file",
    "pip install flask==1.0 && pip install -r a.txt",
    "apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
    "apt-get update && apt-get install -y --no-install-recommends curl=7 && apt-get clean && rm -rf /var/lib/apt/lists/*",
    "yum install -y httpd-2.4 && yum clean all",
    "dnf install -y httpd-2.4 && dnf clean all",
    "npm ci && npm cache clean --force",
    "yarn install && yarn cache clean",
];

/// COPY from a stage or an image.
const COPIES: &[&str] = &[
    "COPY --from=build /app /app",
    "COPY --from=deps / /",
    "COPY --from=0 /a /b",
    "COPY --from=7 /a /b",
    "COPY --from=nginx /etc/nginx /etc/nginx",
    "COPY --from=nginx:1.25 /etc/nginx /etc/nginx",
    "COPY --from=final /a /b",
    "COPY --from=$A /a /b",
    "COPY --from=\"build\" /a /b",
    "COPY --link --from=build /a /b/",
];

/// Other instructions.
const OTHERS: &[&str] = &[
    "WORKDIR /app",
    "WORKDIR app",
    "WORKDIR ./app",
    "WORKDIR $A",
    "WORKDIR \"/app\"",
    "WORKDIR C:\\app",
    "USER root",
    "USER app",
    "USER 1000",
    "USER 1000:1000",
    "USER 0",
    "USER $UID",
    "USER app:app",
    "COPY . .",
    "COPY . /app",
    "COPY a b",
    "COPY a b c",
    "COPY a b c/",
    "COPY a b \"c/\"",
    "COPY [\"a\", \"b\", \"c\"]",
    "COPY [\"a b\", \"/c/\"]",
    "COPY --chown=app:app a /b",
    "COPY --chmod=755 a /b",
    "COPY app.tar.gz /tmp/",
    "COPY app.tar.gz /tmp/app.tar.gz",
    "COPY data.gz .",
    "COPY files.zip /tmp/",
    "COPY <<EOF /etc/conf\ntext\nEOF",
    "ADD a b",
    "ADD . /app",
    "ADD app.tar.gz /opt/",
    "ADD \"a.tgz\" /opt/",
    "ADD https://example.com/a /a",
    "ADD https://example.com/a.tar.gz /a",
    "ADD --chown=1:1 a /b",
    "ADD git@github.com:a/b.git /c",
    "ADD [\"a\", \"b\"]",
    "ENV A=b",
    "ENV A b",
    "ENV A b c",
    "ENV A=b C=$A",
    "ENV C=d E=${C}/f",
    "ENV PATH=/app/bin:$PATH",
    "ENV PATH \"/app:$PATH\"",
    "ENV TOKEN=a",
    "ENV DB_PASSWORD=secret",
    "ENV PIP_NO_CACHE_DIR=1",
    "ENV PIP_NO_CACHE_DIR=\"true\"",
    "ENV DEBIAN_FRONTEND=noninteractive",
    "ARG VERSION",
    "ARG VERSION=1 OTHER=2",
    "ARG api_key",
    "ARG NPM_TOKEN=a SECRET_KEY",
    "ARG UID=1000",
    "ARG DEBIAN_FRONTEND=noninteractive",
    "EXPOSE 80",
    "EXPOSE 80 443/tcp",
    "EXPOSE 80/udp 70000",
    "EXPOSE 99999",
    "EXPOSE $PORT",
    "EXPOSE 8000-8010",
    "EXPOSE 65536/tcp",
    "CMD [\"a\", \"b\"]",
    "CMD a b",
    "CMD exec a",
    "CMD [\"a\"]",
    "ENTRYPOINT [\"a\"]",
    "ENTRYPOINT a",
    "ENTRYPOINT exec a $B",
    "HEALTHCHECK CMD curl -f http://localhost/",
    "HEALTHCHECK CMD [\"curl\", \"-f\", \"http://localhost/\"]",
    "HEALTHCHECK NONE",
    "HEALTHCHECK --interval=5s CMD a",
    "SHELL [\"/bin/bash\", \"-c\"]",
    "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
    "SHELL [\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]",
    "SHELL [\"powershell\", \"-Command\"]",
    "SHELL [\"/bin/sh\", \"-c\"]",
    "MAINTAINER me <me@example.com>",
    "maintainer me",
    "LABEL maintainer=me",
    "LABEL maintainer=\"me <me@example.com>\"",
    "LABEL maintainer=",
    "LABEL url=https://example.com",
    "LABEL url=\"not a url\"",
    "LABEL version=1.2.3 url=http://a.b/c",
    "LABEL version=\"v1\"",
    "LABEL created=2024-01-31T10:00:00Z",
    "LABEL created=2024-01-31",
    "LABEL revision=0123456789abcdef0123456789abcdef01234567",
    "LABEL revision=main",
    "LABEL licenses=MIT",
    "LABEL licenses=\"Apache-2.0 OR MIT\"",
    "LABEL licenses=Foo",
    "LABEL contact=me@example.com",
    "LABEL contact=me",
    "LABEL Bad_Key=a",
    "LABEL com.docker.a=b",
    "LABEL a..b=c",
    "LABEL a b",
    "LABEL other=$A",
    "LABEL maintainer me",
    "VOLUME /data",
    "VOLUME [\"/data\"]",
    "STOPSIGNAL SIGTERM",
    "STOPSIGNAL 9",
    "run echo lower",
    "Copy a b",
    "FROM debian:12",
    "FROM debian AS build",
    "FROM build",
];
