import { PageHeader } from "@/components/shell/page-header";
import { Skeleton } from "@/components/ui/states";
import { ListSkeleton } from "@/tasks/list/list-skeleton";
import { text } from "@/text";

/** At once when somebody comes here from another page. */
export default function LoadingTasks() {
  return (
    <>
      <PageHeader title={text.tasks.title} />
      <div className="px-4 sm:px-6">
        <Skeleton className="mx-auto h-11.5 max-w-3xl rounded-xl" />
      </div>
      <ListSkeleton />
    </>
  );
}
