/** The start of the product. */
export { default, metadata } from "./tasks/page.tsx";
