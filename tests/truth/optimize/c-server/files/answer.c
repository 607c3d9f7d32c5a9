#include <stdio.h>
#include "answer.h"

int answer(char *text, unsigned size)
{
	const char *body = "hello from C\n";
	return snprintf(text, size, "HTTP/1.0 200 OK\r\nContent-Length: 13\r\n\r\n%s", body);
}
