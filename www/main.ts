/** Boot: the element in index.html becomes the page. */
import './app';
