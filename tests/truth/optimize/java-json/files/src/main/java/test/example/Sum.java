package test.example;

import com.google.gson.Gson;
import java.util.Arrays;
import java.util.Map;

/** Adds the numbers of a JSON list. */
public final class Sum {
    private Sum() {}

    public static void main(String[] arguments) {
        int[] numbers = new Gson().fromJson("[1, 2, 39]", int[].class);
        System.out.println(new Gson().toJson(Map.of("sum", Arrays.stream(numbers).sum())));
    }
}
