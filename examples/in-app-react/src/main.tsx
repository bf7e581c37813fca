import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { useRegua } from "./regua";

const SERVER = import.meta.env.VITE_REGUA_SERVER ?? "http://127.0.0.1:8420";

function Notes({ readOnly }: { readOnly: boolean }) {
  const [notes, setNotes] = useState(["The first note"]);
  const [text, setText] = useState("");
  return (
    <main>
      <h1>Notes</h1>
      <ul>
        {notes.map((note, place) => (
          <li key={place}>{note}</li>
        ))}
      </ul>
      {/* The script makes this inert while access is limited; the app says so in its own way too. */}
      <form
        data-regua-editable
        onSubmit={(event) => {
          event.preventDefault();
          if (readOnly || !text) return;
          setNotes([...notes, text]);
          setText("");
        }}
      >
        <label>
          A new note <input value={text} disabled={readOnly} onChange={(event) => setText(event.target.value)} />
        </label>
        <button disabled={readOnly}>Keep it</button>
      </form>
    </main>
  );
}

function App() {
  const shown = useRegua(SERVER);
  const readOnly = shown?.state === "read_only" || shown?.state === "wall";
  return (
    <>
      <Notes readOnly={readOnly} />
      <footer>
        <small>
          Access: {shown?.access ?? "not known yet"}; shown: {shown?.state ?? "nothing"}
        </small>
      </footer>
    </>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
