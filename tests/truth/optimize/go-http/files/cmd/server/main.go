// Answers with what it knows about itself.
package main

import (
	"encoding/json"
	"log"
	"net/http"

	"example.test/server/internal/status"
)

func main() {
	http.HandleFunc("GET /", func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(answer).Encode(status.Now()); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(":18080", nil))
}
