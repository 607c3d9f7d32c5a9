FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.m2/repository,sharing=locked mvn -B package -DskipTests

FROM eclipse-temurin:17-jre
WORKDIR /app
COPY --from=build /app/target/server.jar /app/target/server.jar
EXPOSE 18080
CMD ["java", "-jar", "target/server.jar"]
