//! Projects put together by a deterministic generator, for tests of what must
//! hold for any of them: half are what a person would write for one ecosystem,
//! half are mixtures of everything.

use dockerfile_playground::Project;

#[path = "../../xtask/src/compare/generate.rs"]
pub mod mixtures;
use mixtures::Dice;

/// A line that no rewrite has a reason to touch; the number tells them apart.
pub const UNTOUCHED: &str = "#   kept\tas it is ";

/// The project of a number, always the same one.
pub fn project(number: u64) -> Project {
    let mut dice = Dice::new(number.wrapping_add(77));
    if number.is_multiple_of(2) {
        return Project { dockerfile: mixtures::dockerfile(number), ..Project::default() };
    }
    let kind = &KINDS[dice.below(KINDS.len())];
    let dockerfile = styled(&of_kind(kind, &mut dice), &mut dice);
    let manifests = kind.manifests.iter().filter(|_| dice.below(3) > 0);
    let manifests: Vec<(String, String)> =
        manifests.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let listing = || {
        let files = kind.manifests.iter().map(|(name, text)| (text.len(), *name));
        let files = files.chain(kind.files.iter().copied()).chain(CLUTTER.iter().copied());
        files.map(|(size, path)| format!("{size}\t{path}\n")).collect()
    };
    Project {
        dockerfile,
        dockerignore: dice
            .pick(&["", "", "node_modules\n", ".git\n*.md\n", "*\n!src\n!*.json\n"])
            .to_owned(),
        context: (dice.below(2) == 0).then(listing),
        manifests: manifests.into_iter().collect(),
        ..Project::default()
    }
}

/// A Dockerfile of an ecosystem: a few lines of each place, in order.
fn of_kind(kind: &Kind, dice: &mut Dice) -> String {
    let mut lines = vec![format!("FROM {}", dice.pick(kind.bases))];
    let mut some = |from: &[&str], most: usize, lines: &mut Vec<String>| {
        for _ in 0..dice.below(most + 1) {
            let line = dice.pick(from).to_owned();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    };
    some(SETTINGS, 3, &mut lines);
    some(kind.system, 2, &mut lines);
    lines.push(WORKDIRS[lines.len() % WORKDIRS.len()].to_owned());
    some(&[UNTOUCHED], 1, &mut lines);
    some(kind.copies, 2, &mut lines);
    some(kind.installs, 2, &mut lines);
    if !lines.iter().any(|line| line.starts_with("COPY . ")) {
        lines.push("COPY . .".to_owned());
    }
    some(kind.builds, 2, &mut lines);
    some(LATE, 3, &mut lines);
    some(kind.starts, 1, &mut lines);
    lines.join("\n") + "\n"
}

/// The text in somebody's own style: case of keywords, line ends, last line.
fn styled(text: &str, dice: &mut Dice) -> String {
    let lower = dice.below(6) == 0;
    let lines = text.lines().map(|line| match line.split_once(' ') {
        Some((keyword, rest)) if lower && line.starts_with(char::is_uppercase) => {
            format!("{} {rest}", keyword.to_ascii_lowercase())
        }
        _ => line.to_owned(),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = if dice.below(6) == 0 { text } else { text + "\n" };
    if dice.below(6) == 0 { text.replace('\n', "\r\n") } else { text }
}

/// What projects of one ecosystem are made of.
struct Kind {
    bases: &'static [&'static str],
    system: &'static [&'static str],
    copies: &'static [&'static str],
    installs: &'static [&'static str],
    builds: &'static [&'static str],
    starts: &'static [&'static str],
    manifests: &'static [(&'static str, &'static str)],
    files: &'static [(usize, &'static str)],
}

const SETTINGS: &[&str] = &[
    "ENV NODE_ENV=production",
    "ENV PYTHONUNBUFFERED=1",
    "ARG VERSION=1.2.3",
    "LABEL maintainer=\"team@example.com\"",
    "ENV API_TOKEN=abc",
    "USER root",
    "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
    "# The settings",
];
const WORKDIRS: [&str; 4] = ["WORKDIR /app", "WORKDIR /usr/src/app", "WORKDIR /srv", "WORKDIR src"];
const LATE: &[&str] = &[
    "EXPOSE 8080",
    "EXPOSE 80/tcp 443",
    "USER 1000",
    "RUN chown -R 1000:1000 .",
    "RUN chmod +x ./start.sh",
    "RUN rm -rf /tmp/* docs",
    "VOLUME /data",
    "HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1",
    "STOPSIGNAL SIGINT",
    "ADD https://example.com/tool.tar.gz /opt/",
    "RUN apt-get clean && rm -rf /var/lib/apt/lists/*",
    "LABEL build=\"${VERSION}\"",
    "RUN cd /opt && ls -la",
    "RUN <<EOF\nset -e\nmkdir -p /data\ntouch /data/ready\nEOF",
];
const APT: &[&str] = &[
    "RUN apt-get update",
    "RUN apt-get install -y curl git build-essential",
    "RUN apt-get update && apt-get install -y libpq-dev gcc",
    "RUN apt-get update && \\\n    apt-get install -y \\\n        curl \\\n        # needed by the importer\n        libxml2-dev && \\\n    apt-get clean",
    "RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*",
    "RUN curl -fsSL https://example.com/a.tar.gz -o /tmp/a.tar.gz && tar -xzf /tmp/a.tar.gz -C /opt",
];
const CLUTTER: &[(usize, &str)] = &[
    (5_000_000, ".git/objects/pack/pack-1.pack"),
    (12_000, "README.md"),
    (90_000, "docs/guide.md"),
    (300, ".env"),
    (40_000, "debug.log"),
    (700, "start.sh"),
    (400, "docker-compose.yml"),
];

const KINDS: &[Kind] = &[
    Kind {
        bases: &[
            "node:20",
            "node:20-slim",
            "node:22-alpine",
            "node",
            "node:18-bullseye",
            "node:20 AS app",
        ],
        system: APT,
        copies: &[
            "COPY package*.json ./",
            "COPY package.json package-lock.json ./",
            "COPY . .",
            "COPY . /app/",
            "COPY yarn.lock .",
        ],
        installs: &[
            "RUN npm install",
            "RUN npm ci",
            "RUN npm install --production",
            "RUN yarn install",
            "RUN npm install -g pnpm && pnpm install",
            "RUN npm ci && npm run build",
        ],
        builds: &[
            "RUN npm run build",
            "RUN npm test",
            "RUN npm prune --production",
            "RUN yarn build",
        ],
        starts: &[
            "CMD npm start",
            "CMD [\"node\", \"dist/index.js\"]",
            "ENTRYPOINT node server.js",
            "CMD [\"npm\", \"run\", \"start\"]",
        ],
        manifests: &[(
            "package.json",
            "{\"name\":\"app\",\"scripts\":{\"build\":\"tsc\",\"start\":\"node dist/index.js\"},\"dependencies\":{\"express\":\"^4.19.0\"},\"devDependencies\":{\"typescript\":\"^5.4.0\",\"jest\":\"^29.0.0\"}}",
        )],
        files: &[
            (180_000, "package-lock.json"),
            (4_000, "src/index.ts"),
            (200_000_000, "node_modules/a/index.js"),
            (900, "tsconfig.json"),
        ],
    },
    Kind {
        bases: &[
            "python:3.12",
            "python:3.12-slim",
            "python:3.11-bookworm",
            "python:3.12-alpine",
            "python",
        ],
        system: APT,
        copies: &[
            "COPY requirements.txt .",
            "COPY . .",
            "COPY requirements.txt /app/",
            "COPY pyproject.toml poetry.lock ./",
        ],
        installs: &[
            "RUN pip install -r requirements.txt",
            "RUN pip install --upgrade pip",
            "RUN pip install --no-cache-dir -r requirements.txt",
            "RUN pip install poetry && poetry install",
            "RUN python -m pip install flask gunicorn",
            "RUN pip install .",
        ],
        builds: &["RUN python manage.py collectstatic --noinput", "RUN python -m compileall ."],
        starts: &[
            "CMD gunicorn app:app",
            "CMD [\"python\", \"app.py\"]",
            "ENTRYPOINT [\"uvicorn\", \"app:app\"]",
            "CMD flask run --host 0.0.0.0",
        ],
        manifests: &[("requirements.txt", "flask==3.0.3\ngunicorn==22.0.0\npsycopg2==2.9.9\n")],
        files: &[(3_000, "app.py"), (80_000, "tests/test_app.py"), (50_000, "__pycache__/app.pyc")],
    },
    Kind {
        bases: &["golang:1.22", "golang:1.22-alpine", "golang", "golang:1.22 AS build"],
        system: APT,
        copies: &["COPY go.mod go.sum ./", "COPY . .", "COPY cmd ./cmd"],
        installs: &["RUN go mod download", "RUN go get ./..."],
        builds: &[
            "RUN go build -o /server .",
            "RUN go build -o /usr/local/bin/server ./cmd/server",
            "RUN CGO_ENABLED=0 go build -o server",
            "RUN go test ./...",
        ],
        starts: &["CMD [\"/server\"]", "CMD server", "ENTRYPOINT [\"./server\"]"],
        manifests: &[(
            "go.mod",
            "module example.test/a\n\ngo 1.22\n\nrequire github.com/gorilla/mux v1.8.1\n",
        )],
        files: &[(2_000, "go.sum"), (5_000, "main.go"), (2_000, "cmd/server/main.go")],
    },
    Kind {
        bases: &["rust:1.82", "rust:1.82-slim-bookworm", "rust:1.82-alpine"],
        system: APT,
        copies: &["COPY Cargo.toml Cargo.lock ./", "COPY . .", "COPY src ./src"],
        installs: &["RUN cargo fetch", "RUN rustup component add clippy"],
        builds: &["RUN cargo build --release", "RUN cargo install --path .", "RUN cargo test"],
        starts: &[
            "CMD [\"./target/release/app\"]",
            "CMD app",
            "ENTRYPOINT [\"/usr/local/cargo/bin/app\"]",
        ],
        manifests: &[(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"1\"\n",
        )],
        files: &[
            (9_000, "Cargo.lock"),
            (3_000, "src/main.rs"),
            (400_000_000, "target/release/app"),
        ],
    },
    Kind {
        bases: &[
            "maven:3.9-eclipse-temurin-21",
            "gradle:8.10-jdk21",
            "eclipse-temurin:21-jdk",
            "openjdk:17",
        ],
        system: APT,
        copies: &[
            "COPY pom.xml .",
            "COPY . .",
            "COPY src ./src",
            "COPY build.gradle settings.gradle ./",
        ],
        installs: &["RUN mvn dependency:go-offline", "RUN gradle dependencies"],
        builds: &[
            "RUN mvn package -DskipTests",
            "RUN gradle build",
            "RUN ./mvnw verify",
            "RUN gradle bootJar --no-daemon",
        ],
        starts: &[
            "CMD [\"java\", \"-jar\", \"target/app.jar\"]",
            "ENTRYPOINT java -jar build/libs/app.jar",
            "CMD java $JAVA_OPTS -jar target/app.jar",
        ],
        manifests: &[(
            "pom.xml",
            "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>app</artifactId><version>1</version></project>",
        )],
        files: &[(6_000, "src/main/java/App.java"), (30_000_000, "target/app.jar")],
    },
    Kind {
        bases: &["php:8.3-apache", "php:8.3-cli", "php:8.3-fpm-alpine", "composer:2"],
        system: APT,
        copies: &["COPY composer.json composer.lock ./", "COPY . .", "COPY . /var/www/html/"],
        installs: &[
            "RUN composer install",
            "RUN docker-php-ext-install pdo_mysql zip",
            "RUN curl -sS https://example.com/installer | php",
        ],
        builds: &["RUN composer dump-autoload", "RUN php artisan config:cache"],
        starts: &[
            "CMD [\"apache2-foreground\"]",
            "CMD php -S 0.0.0.0:8000",
            "ENTRYPOINT [\"php\", \"index.php\"]",
        ],
        manifests: &[(
            "composer.json",
            "{\"require\":{\"php\":\">=8.1\",\"monolog/monolog\":\"^3\"},\"require-dev\":{\"phpunit/phpunit\":\"^11\"}}",
        )],
        files: &[
            (40_000, "composer.lock"),
            (2_000, "index.php"),
            (9_000_000, "vendor/autoload.php"),
        ],
    },
    Kind {
        bases: &["ruby:3.3", "ruby:3.3-slim", "ruby:3.3-alpine"],
        system: APT,
        copies: &["COPY Gemfile Gemfile.lock ./", "COPY . .", "COPY Gemfile* /app/"],
        installs: &[
            "RUN bundle install",
            "RUN gem install bundler",
            "RUN bundle config set without 'development test' && bundle install",
        ],
        builds: &["RUN bundle exec rake assets:precompile", "RUN rails db:setup"],
        starts: &["CMD rails server -b 0.0.0.0", "CMD [\"bundle\", \"exec\", \"puma\"]"],
        manifests: &[],
        files: &[(300, "Gemfile"), (4_000, "Gemfile.lock"), (2_000, "config.ru")],
    },
    Kind {
        bases: &["mcr.microsoft.com/dotnet/sdk:8.0", "mcr.microsoft.com/dotnet/sdk:8.0-alpine"],
        system: APT,
        copies: &["COPY *.csproj ./", "COPY . .", "COPY app.sln ./"],
        installs: &["RUN dotnet restore"],
        builds: &["RUN dotnet publish -c Release -o /out", "RUN dotnet build", "RUN dotnet test"],
        starts: &["ENTRYPOINT [\"dotnet\", \"/out/app.dll\"]", "CMD dotnet run"],
        manifests: &[],
        files: &[
            (900, "app.csproj"),
            (3_000, "Program.cs"),
            (10_000_000, "bin/Release/app.dll"),
            (2_000_000, "obj/app.dll"),
        ],
    },
    Kind {
        bases: &[
            "gcc:13",
            "debian:bookworm",
            "ubuntu:22.04",
            "alpine:3.20",
            "rockylinux:9",
            "fedora:40",
        ],
        system: &[
            "RUN apt-get update && apt-get install -y build-essential cmake",
            "RUN apk add gcc musl-dev make",
            "RUN apk update && apk add --no-cache curl",
            "RUN dnf install -y gcc make && dnf clean all",
            "RUN yum install -y gcc make",
            "RUN wget https://example.com/src.tar.gz && tar xzf src.tar.gz && rm src.tar.gz",
        ],
        copies: &[
            "COPY . .",
            "COPY Makefile *.c ./",
            "ADD src.tar.gz /usr/src/",
            "ADD config /etc/app",
        ],
        installs: &["RUN ./configure --prefix=/usr/local", "RUN cmake -B build ."],
        builds: &[
            "RUN make && make install",
            "RUN make -j4",
            "RUN gcc -O2 -o /usr/local/bin/app main.c",
            "RUN cmake --build build",
        ],
        starts: &["CMD /usr/local/bin/app", "ENTRYPOINT [\"./app\"]", "CMD [\"bash\"]"],
        manifests: &[],
        files: &[
            (1_000, "Makefile"),
            (8_000, "main.c"),
            (3_000, "CMakeLists.txt"),
            (2_000, "configure"),
        ],
    },
    Kind {
        bases: &["nginx", "nginx:1.27-alpine", "httpd:2.4", "caddy:2"],
        system: APT,
        copies: &[
            "COPY dist /usr/share/nginx/html",
            "COPY nginx.conf /etc/nginx/nginx.conf",
            "COPY . /usr/share/nginx/html",
        ],
        installs: &["RUN rm -rf /usr/share/nginx/html/*"],
        builds: &[
            "RUN chown -R nginx:nginx /usr/share/nginx/html",
            "RUN chmod -R 755 /usr/share/nginx/html",
        ],
        starts: &["CMD nginx -g 'daemon off;'", "CMD [\"nginx\", \"-g\", \"daemon off;\"]"],
        manifests: &[],
        files: &[(40_000, "dist/index.html"), (900_000, "dist/app.js"), (2_000, "nginx.conf")],
    },
];
