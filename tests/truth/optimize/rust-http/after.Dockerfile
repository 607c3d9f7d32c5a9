# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
ENV RUST_LOG=info
WORKDIR /srv/clock
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked --mount=type=cache,id=clock-target,target=/srv/clock/target,sharing=locked cargo build --release --locked && cp target/release/clock /usr/local/bin/

FROM gcr.io/distroless/cc-debian12:nonroot
WORKDIR /srv/clock
ENV RUST_LOG=info
COPY --from=build /usr/local/bin/clock /srv/clock/target/release/clock
EXPOSE 18080
ENTRYPOINT ["/srv/clock/target/release/clock"]
