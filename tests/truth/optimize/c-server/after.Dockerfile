FROM gcc:12
WORKDIR /src
COPY . .
RUN make
EXPOSE 18080
CMD ["./server"]
