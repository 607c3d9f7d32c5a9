# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked --mount=type=cache,id=summary-target,target=/app/target,sharing=locked cargo build --release && cp target/release/summary /usr/local/bin/

FROM gcr.io/distroless/cc-debian12:nonroot
WORKDIR /app
COPY --from=build /usr/local/bin/summary /app/target/release/summary
CMD ["./target/release/summary"]
