package test.example;

final class Greeting {
    private Greeting() {}

    static String of(String name) {
        return "Hello from " + name + "\n";
    }
}
