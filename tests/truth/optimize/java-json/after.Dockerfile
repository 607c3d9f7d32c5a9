# A tool with a library, in one jar.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
RUN mvn -B dependency:go-offline
COPY . .
RUN mvn --batch-mode verify

FROM eclipse-temurin:17-jre
WORKDIR /build
COPY --from=build /build/target/sum.jar /build/target/sum.jar
ENTRYPOINT ["java", "-jar", "/build/target/sum.jar"]
