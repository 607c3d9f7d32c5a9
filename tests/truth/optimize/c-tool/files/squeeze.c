#include <stdio.h>
#include <string.h>
#include <zlib.h>

int main(void)
{
	static char text[100000];
	static Bytef packed[200000];
	uLongf size = sizeof packed;

	memset(text, 'a', sizeof text);
	if (compress(packed, &size, (Bytef *)text, sizeof text) != Z_OK)
		return 1;
	printf("%zu bytes became %lu\n", sizeof text, size);
	return 0;
}
