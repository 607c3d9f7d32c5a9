FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential zlib1g-dev
WORKDIR /src
COPY . .
RUN make && make install

FROM debian:12-slim
WORKDIR /src
COPY --from=build /usr/local /usr/local
RUN ldconfig
CMD ["/usr/local/bin/squeeze"]
