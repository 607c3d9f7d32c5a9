# syntax=docker/dockerfile:1
# Renders a page from a template that the binary carries.
FROM golang:1.22 AS build

ENV GOFLAGS=-buildvcs=false
WORKDIR /go/src/pages
COPY go.mod ./
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build go vet ./... && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o pages .

FROM gcr.io/distroless/static-debian13:nonroot
LABEL org.opencontainers.image.title="pages"
COPY --from=build /go/src/pages/pages /pages
ENTRYPOINT ["/pages"]
CMD ["-name", "world"]
