import { Skeleton } from "@/components/ui/states";
import { text } from "@/text";

const widths = ["w-3/5", "w-2/5", "w-1/2", "w-3/4", "w-1/3", "w-2/3"] as const;

/** The list before its tasks are there. */
export function ListSkeleton() {
  return (
    <div role="status" className="px-2 sm:px-4">
      <span className="sr-only">{text.common.loading}</span>
      <div className="mx-auto flex w-full max-w-3xl flex-col pt-4">
        {widths.map((width) => (
          <div key={width} className="flex h-15 items-start gap-3 px-3 py-2.5">
            <Skeleton className="size-5 rounded-full" />
            <div className="flex flex-1 flex-col gap-2">
              <Skeleton className={`h-4 ${width}`} />
              <Skeleton className="h-3 w-24" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
