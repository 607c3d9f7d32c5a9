FROM rust:1.95-bookworm AS build
WORKDIR /app
COPY . .
RUN cargo build --release

FROM gcr.io/distroless/cc-debian12:nonroot
WORKDIR /app
COPY --from=build /app/target/release/summary /app/target/release/summary
CMD ["./target/release/summary"]
