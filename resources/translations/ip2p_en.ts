<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AccessSteps</name>
    <message>
        <source>Its makers give it to those who accept the licence. Open its page, sign in (an account is free) and accept. Then make an access token in the settings of your account, one that may read, and paste it here. It is sent to that site only, and not stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Access token, begins with hf_</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Access token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;Open photo…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Paste photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save result…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make the edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these &amp;settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use result as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;opy picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Write an instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Fit to window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show at &amp;100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Settings panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Teach a new edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Show models folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reload models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About IP2P Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>P&amp;references…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample &amp;photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the &amp;system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CataloguePage</name>
    <message>
        <source>Downloaded once, a model works without a network. Your photos stay here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the edit (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the edit (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Divider</name>
    <message>
        <source>Divider between before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag to compare; double-click to centre</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Durations</name>
    <message>
        <source>less than a minute left</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>about %n minute left</numerusform>
            <numerusform>about %n minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s) left</source>
        <translation>
            <numerusform>about %n hour left</numerusform>
            <numerusform>about %n hours left</numerusform>
        </translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s)</source>
        <translation>
            <numerusform>about %n minute</numerusform>
            <numerusform>about %n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s)</source>
        <translation>
            <numerusform>about %n hour</numerusform>
            <numerusform>about %n hours</numerusform>
        </translation>
    </message>
    <message>
        <source>Less than a minute on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>About %n minute(s) on this computer.</source>
        <translation>
            <numerusform>About %n minute on this computer.</numerusform>
            <numerusform>About %n minutes on this computer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>About %n hour(s) on this computer.</source>
        <translation>
            <numerusform>About %n hour on this computer.</numerusform>
            <numerusform>About %n hours on this computer.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EntryRow</name>
    <message>
        <source>Discard partial download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard the partial download of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloaded so far: {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloaded so far: {size} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program has downloaded it to this computer. It is taken from there; nothing is downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the download of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping; the partial download is kept…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for its turn…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adding…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EstimateLabel</name>
    <message>
        <source>What this edit will take, from earlier edits on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model is part of it, and only the first edit waits for that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExamplesPage</name>
    <message>
        <source>Teach a new edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose photos from before and after a change, and the change in words. A model is trained to make the same change to your other photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Open photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG, without loss ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebP ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message>
        <source>Looking for pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for pairs…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderControl</name>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderDrop</name>
    <message>
        <source>Folder of pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose &amp;folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose &amp;zip…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder of pairs here, or a zip of one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or choose it on your computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of before and after pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip of before and after pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip files ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderExample</name>
    <message>
        <source>What such a folder looks like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For each pair, metadata.jsonl has one line that names both photos and the change:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Twenty pairs are a good beginning. A few hundred make an edit reliable.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a photo (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on from this result: the next edit starts with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the picture to the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the result as a file (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the settings (F9)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message>
        <source>The next edit starts with this result.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryStrip</name>
    <message>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The arrow keys show another result and change no setting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{instruction}
Model {model}
Text guidance {text} · image guidance {image}
Steps {steps} · seed {seed}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InstalledPage</name>
    <message>
        <source>Add a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the folder of the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the models in another folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or drop one here; it is copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adding {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moving all models to {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to keep the models</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InstructionBox</name>
    <message>
        <source>What should change?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what should change and press Enter.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InstructionHintController</name>
    <message>
        <source>Closest:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read as “{instruction}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too long: it is read up to “… {words}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} does not know this edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} may not know this edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write “{instruction}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} can</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} can ({size})…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the models that can be downloaded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LengthCard</name>
    <message>
        <source>Does not fit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LengthChoice</name>
    <message>
        <source>Number of steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick try</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Quick try, %Ln step(s)</source>
        <translation>
            <numerusform>Quick try, %Ln step</numerusform>
            <numerusform>Quick try, %Ln steps</numerusform>
        </translation>
    </message>
    <message>
        <source>See whether it understands your pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Normal, %Ln step(s)</source>
        <translation>
            <numerusform>Normal, %Ln step</numerusform>
            <numerusform>Normal, %Ln steps</numerusform>
        </translation>
    </message>
    <message>
        <source>Enough for most edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Thorough, %Ln step(s)</source>
        <translation>
            <numerusform>Thorough, %Ln step</numerusform>
            <numerusform>Thorough, %Ln steps</numerusform>
        </translation>
    </message>
    <message>
        <source>For difficult edits and many pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of s&amp;teps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring how long it takes on this computer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit: this computer has too little memory to train this model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More steps take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit: {size} of free disk space are needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs {size} of memory.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LossCurve</name>
    <message>
        <source>Error during training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now {loss}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageBoxes</name>
    <message>
        <source>Version {version}

Edits photos in your own words. They never leave this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training is running. Quit anyway?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its progress is kept; you can resume it later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelMenu</name>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add, download or remove models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teach a new edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model on your own pairs of photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is installed. Train one, or get one under “Models…”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelRow</name>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {name} for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its files are deleted from this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>comes with this app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not for commercial use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recommended: steps {steps}, {scheduler} · text {text} · image {image} · {resolution} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} free on this disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>licence {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show log</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeController</name>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The edit is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hardly anything changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairStrip</name>
    <message>
        <source>Examples from the folder, before and after</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotoController</name>
    <message>
        <source>There is no photo on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rough preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotoFiles</name>
    <message>
        <source>Pasted photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanPage</name>
    <message>
        <source>Name it and choose how long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep what the model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep what the model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>N&amp;ame of the new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start &amp;from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new model keeps what this one can do, and adds your edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your edit needs fewer steps, but the new model may forget what this one can do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a model of this name already. The new one is added beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of models shows it under this name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apple graphics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full (fp32)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half (bf16)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half (fp16)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What edits are computed on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half needs less memory. Full is more exact.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compile models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Faster on a graphics card, after a wait at the first edit with a model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many the processor computes with. Fewer leave room for other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models that lie elsewhere stay there. To move them, choose Models… in the menu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder that is offered when a result is saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the system: changes when the system does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes effect at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the models folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the default models folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder used last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the results folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the folder used last for results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressLine</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressPage</name>
    <message>
        <source>Steps done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may close this window; training continues.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error on your pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It jumps from step to step. The line should fall, then level off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train &amp;another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop and keep the progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use it now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training was stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a photo and write “{instruction}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping: finishing this step and saving…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressRow</name>
    <message>
        <source>Progress of the edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editing · step {step} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready · only the first edit waits for this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading photo and instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing this device · only once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finishing the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merging the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RestoreController</name>
    <message>
        <source>This picture was made with “{instruction}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the photo it was made from to make it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings applied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text guidance {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image guidance {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>steps {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its model, “{name}”, is not on this computer; the one chosen now stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not name its model; the one chosen now stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was also made with {names}, which this window leaves out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was made with the model&apos;s live weights, not the averaged ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only a part of it was edited; now all of the photo will be.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultSettingsController</name>
    <message>
        <source>The model of this result, “{name}”, is not on this computer any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its other settings are applied; the model stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set everything so that Edit makes this result again ({keys})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunRow</name>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {name} for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step} of {total}, from {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be resumed afterwards. The model it has made so far stays.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SampleButton</name>
    <message>
        <source>Sample photo: {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SeedControl</name>
    <message>
        <source>Draw a seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New seed for every edit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Setting</name>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More steps bring finer detail and take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text guidance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How strongly the instruction is followed. Raise it if too little changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Image guidance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How closely the photo is kept. Lower it, even below 1, for bolder edits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same seed makes the same picture; another one makes a variation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scheduler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How noise is removed from step to step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longer side of the photo while it is edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo edges</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop slightly: the rule of the original program, sides on a grid of 64 pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep all of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop slightly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was edited: at the working resolution, as the model painted it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As large as the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was edited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo&apos;s own: what the edit does not change stays as it is, pixel for pixel. For results as large as the photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo&apos;s own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the model painted it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turbo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to twice as fast from 8 steps on; below, nothing is gained. The picture differs slightly (about 40 dB).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model has two sets: the average over its training, which edits more evenly, and the one it ended with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Averaged (EMA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Avoid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the edit should keep away from, for example “blurry, dark”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several pictures, each with its own seed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>{number} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in particular</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set everything but the model to the recommended value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>One less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SuggestionChips</name>
    <message>
        <source>More…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suggestion: {instruction}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingDialog</name>
    <message>
        <source>Teach a new edit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingOutcome</name>
    <message>
        <source>All steps are done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped after step {step}. The model of that step is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. Training can be resumed from the last saved step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped before anything was saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system ended the training program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perhaps the memory was full: close other programs and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training program ended unexpectedly (exit code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it happens again, the log file says more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training program could not be started ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the app again if this keeps happening.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingTexts</name>
    <message numerus="yes">
        <source>%Ln pair(s) found</source>
        <translation>
            <numerusform>%Ln pair found</numerusform>
            <numerusform>%Ln pairs found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln entry(s) left out</source>
        <translation>
            <numerusform>%Ln entry was left out</numerusform>
            <numerusform>%Ln entries were left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln thing(s) to look at</source>
        <translation>
            <numerusform>%Ln thing to look at</numerusform>
            <numerusform>%Ln things to look at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln earlier note(s)</source>
        <translation>
            <numerusform>%Ln earlier note</numerusform>
            <numerusform>%Ln earlier notes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln step(s)</source>
        <translation>
            <numerusform>%Ln step</numerusform>
            <numerusform>%Ln steps</numerusform>
        </translation>
    </message>
    <message>
        <source>Step {step} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{instruction}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the pairs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking the photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing the photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing edits that the model knows…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model to start from…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready: {stage}…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UnchangedAdvice</name>
    <message>
        <source>Raise text guidance above {number}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower image guidance below {number}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Phrase the instruction differently, or choose one of the suggestions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Phrase the instruction differently.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UnfinishedRuns</name>
    <message>
        <source>Stopped earlier</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Edit a photo in your own words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a photo here, then write what should change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or begin with one of these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open photo…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ZoomBar</name>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show at 100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit the photo to the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_DropFrame</name>
    <message>
        <source>Drop to open</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_ThumbnailDelegate</name>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
