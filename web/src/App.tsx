import { useEffect, useReducer, useRef, useState } from "react";
import { useDateProperties, useSchema } from "./api/useSchema";
import { Gallery } from "./gallery/Gallery";
import { useResults } from "./gallery/useResults";
import { ImagePage } from "./image/ImagePage";
import { VideoPage } from "./video/VideoPage";
import { Link } from "./parts/Link";
import { galleryPath } from "./state/route";
import { useRoute } from "./state/navigation";
import { DropZone } from "./upload/DropZone";
import { UploadList } from "./upload/UploadList";
import { useUploads } from "./upload/useUploads";

/** The whole page. The gallery stays beneath the page of an image or a video, so that going back finds it as it was. */
export function App(): JSX.Element {
  const route = useRoute();
  const [revision, refresh] = useReducer((count: number) => count + 1, 0);
  const { queue, uploads } = useUploads(refresh);
  const schema = useSchema(revision);
  const dates = useDateProperties(schema.answer);

  const at = route.page === "image" || route.page === "video" ? route.at : undefined;
  const results = useResults(route.query, revision, at ?? 0);
  const [active, setActive] = useState(at ?? 0);
  const queryKey = galleryPath(route.query);
  useEffect(() => setActive(at ?? 0), [queryKey]);
  useEffect(() => {
    if (at !== undefined) setActive(at);
  }, [at]);

  const wasInGallery = useRef(false);
  if (route.page === "gallery") wasInGallery.current = true;
  useEffect(() => {
    if (route.page === "gallery" || route.page === "unknown") document.title = "Fovea";
  }, [route.page]);

  const onFiles = (files: readonly File[]): void => queue.add(files);
  return (
    <>
      {wasInGallery.current && (
        <Gallery query={route.query} schema={schema} results={results} revision={revision} active={active}
                 onActive={setActive} onFiles={onFiles} onRefresh={refresh}
                 isOpen={route.page === "gallery"} />)}
      {route.page === "image" && (
        <ImagePage id={route.id} at={route.at} query={route.query} results={results.shown} dates={dates} />)}
      {route.page === "video" && (
        <VideoPage key={route.id} id={route.id} at={route.at} frame={route.frame} query={route.query}
                   results={results.shown} dates={dates} />)}
      {route.page === "unknown" && (
        <main className="image-missing">
          <div className="notice">
            <h2>There is nothing at {route.path}</h2>
            <p className="notice-actions"><Link to="/" className="button is-primary">To the gallery</Link></p>
          </div>
        </main>)}
      <UploadList uploads={uploads} onClear={() => queue.clear()} />
      <DropZone onFiles={onFiles} />
    </>
  );
}
