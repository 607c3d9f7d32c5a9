FROM rust:1.95-bookworm AS build
ENV RUST_LOG=info
WORKDIR /srv/clock
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release --locked

FROM gcr.io/distroless/cc-debian12:nonroot
WORKDIR /srv/clock
ENV RUST_LOG=info
COPY --from=build /srv/clock/target/release/clock /srv/clock/target/release/clock
EXPOSE 18080
ENTRYPOINT ["/srv/clock/target/release/clock"]
