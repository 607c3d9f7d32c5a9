#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "answer.h"

int main(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(18080)};

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 8))
		return EXIT_FAILURE;
	for (;;) {
		char text[1024];
		int caller = accept(listener, NULL, NULL);
		if (caller < 0)
			continue;
		if (read(caller, text, sizeof text) > 0)
			write(caller, text, answer(text, sizeof text));
		close(caller);
	}
}
