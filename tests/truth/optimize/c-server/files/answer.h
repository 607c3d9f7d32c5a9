/* What the server says; returns its length. */
int answer(char *text, unsigned size);
