# syntax=docker/dockerfile:1
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /usr/local/bin/server ./cmd/server

FROM gcr.io/distroless/static-debian13:nonroot
COPY --from=build /usr/local/bin/server /server
EXPOSE 18080
CMD ["/server"]
