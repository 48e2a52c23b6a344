<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About {program}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the licences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits photos from written instructions. They never leave this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts and their licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its text is not installed with it. It is on the web page of this part.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
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
        <source>&amp;New session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open pro&amp;ject…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Paste photo</source>
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
        <source>&amp;Guidance pad…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use result &amp;as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ra&amp;ndomise guidance and seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try a grid…</source>
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
        <source>&amp;Divider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Di&amp;fference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Only the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Live preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can it &amp;do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous p&amp;hoto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ne&amp;xt photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>P&amp;revious result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only &amp;starred results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T&amp;aller strip of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings &amp;panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pr&amp;eferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Larger brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Smaller brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Harder brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;ofter brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save &amp;mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush si&amp;ze and hardness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Teach a new edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;opy what is shown</source>
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
        <source>Search &amp;commands and edits…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check for &amp;updates…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About IP2P Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;wap brush and eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select &amp;subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select bac&amp;kground</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Invert mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clear mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Feather mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Grow mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;hrink mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L&amp;oad mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show mask o&amp;verlay</source>
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
        <source>&amp;Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mas&amp;k</source>
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
        <source>Sa&amp;ve project as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sessions and &amp;disk space…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save result &amp;as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export result…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all s&amp;tarred…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit &amp;many photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel the running edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the &amp;queue</source>
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
    <name>AddedPairBar</name>
    <message>
        <source>Show the &amp;pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back to the training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adding the pair…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other pairs can be used when this training has ended. Your pairs stay in “My pairs”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The pair was added to “{name}”: %n pair(s) now.</source>
        <translation>
            <numerusform>The pair was added to “{name}”: %n pair now.</numerusform>
            <numerusform>The pair was added to “{name}”: %n pairs now.</numerusform>
        </translation>
    </message>
    <message>
        <source>The pair was not added: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AdvancedSettings</name>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings of the trainer, with their names on the command line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has a field of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window sets it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Advanced: %Ln setting(s) changed</source>
        <translation>
            <numerusform>Advanced: %Ln setting changed</numerusform>
            <numerusform>Advanced: %Ln settings changed</numerusform>
        </translation>
    </message>
    <message>
        <source>No setting has “{text}” in its name or help.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlignmentDialog</name>
    <message>
        <source>Align photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aligning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aligned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to align</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aligning…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln more pair(s) could not be aligned.</source>
        <translation>
            <numerusform>%Ln more pair could not be aligned.</numerusform>
            <numerusform>%Ln more pairs could not be aligned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use for %Ln pair(s)</source>
        <translation>
            <numerusform>Use for %Ln pair</numerusform>
            <numerusform>Use for %Ln pairs</numerusform>
        </translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both photos are laid over each other. Where they match, lines are sharp. Edges agree by {after} % instead of {before} %, and {kept} % of the photo is used.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AreaButton</name>
    <message>
        <source>Painted area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Background only</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BaseChoice</name>
    <message>
        <source>Choose another…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model to start from. Choose one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model to start from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BatchController</name>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results that are done stay where they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BatchDialog</name>
    <message>
        <source>Edit many photos</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BatchProgressPage</name>
    <message>
        <source>Photos done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may close this dialog and go on editing: edits in the window go first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BatchTexts</name>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Done, except %n photo(s)</source>
        <translation>
            <numerusform>Done, except %n photo</numerusform>
            <numerusform>Done, except %n photos</numerusform>
        </translation>
    </message>
    <message>
        <source>All photos are edited</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Editing %n photo(s)</source>
        <translation>
            <numerusform>Editing %n photo</numerusform>
            <numerusform>Editing %n photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n skipped</source>
        <translation>
            <numerusform>%n skipped</numerusform>
            <numerusform>%n skipped</numerusform>
        </translation>
    </message>
    <message>
        <source>Waiting for the edit in the window, which goes first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The batch is done: {done} photos edited, {failed} failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The batch is done: %n photo(s) edited.</source>
        <translation>
            <numerusform>The batch is done: %n photo edited.</numerusform>
            <numerusform>The batch is done: %n photos edited.</numerusform>
        </translation>
    </message>
    <message>
        <source>A batch of {total} photos was interrupted after {done}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
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
    <name>ChoiceControl</name>
    <message>
        <source>{choice} (recommended)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChoiceSliders</name>
    <message>
        <source>&amp;Trained for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step that is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Strength</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strength of the new edit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CleanUpRow</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clean up ({size})…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training has been started yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CollectedList</name>
    <message>
        <source>Pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pairs yet. Ten show the idea, twenty are a good beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words of the selected pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own words, instead of those above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace &amp;before…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace &amp;after…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No words yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>own words</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n wording(s)</source>
        <translation>
            <numerusform>%n wording</numerusform>
            <numerusform>%n wordings</numerusform>
        </translation>
    </message>
    <message>
        <source>Photo before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a photo.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CollectionRow</name>
    <message>
        <source>New name of {name}</source>
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
        <source>Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue {name}</source>
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
        <source>Delete for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name} for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s)</source>
        <translation>
            <numerusform>%n pair</numerusform>
            <numerusform>%n pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n pair(s) with their copies? Your own photos stay.</source>
        <translation>
            <numerusform>Delete %n pair with its copies? Your own photos stay.</numerusform>
            <numerusform>Delete %n pairs with their copies? Your own photos stay.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ColumnMapping</name>
    <message>
        <source>Photo &amp;before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo &amp;after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was &amp;changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use these columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which columns of {file} are the pairs?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None: the same words for all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose two different columns for the photos.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Search commands and edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commands and edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found. Try another word.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>Divider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with another result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compared with: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold to see the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold to see the original (hold O in the photo)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of the result over the photo; it is saved like this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of the result</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CompareController</name>
    <message>
        <source>Other result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing the difference…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} levels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>What can it do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the edits that the model knows, on your photo (Ctrl+Shift+I)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the running edit (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make this edit after those that wait (Enter)</source>
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
</context>
<context>
    <name>CopyCommandButton</name>
    <message>
        <source>For this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For several GPUs, with torchrun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For several GPUs, with accelerate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CrashReportController</name>
    <message>
        <source>This report is on your computer only. Read it, and attach it if you ask for help.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{program} ended unexpectedly the last time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was opened and made is kept. Nothing was sent.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DiscardQuestion</name>
    <message>
        <source>Delete what was trained so far?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Discard for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DividedPictures</name>
    <message>
        <source>{left} and {right}</source>
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
        <source>about {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {minutes} min</source>
        <translation type="unfinished"></translation>
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
    <name>EditController</name>
    <message>
        <source>The edit starts as soon as the models have been found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This edit is in the queue already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EditPackController</name>
    <message>
        <source>Adding the edit in {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits with “{instruction}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence: {licence}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EditsChoice</name>
    <message>
        <source>Only &amp;starred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only starred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select &amp;none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits of this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the results that look right. Each becomes a pair with its instruction.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No result has a star. S in the history stars a result.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no results in this session yet. Make some edits first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Take %n result(s)</source>
        <translation>
            <numerusform>Take %n result</numerusform>
            <numerusform>Take %n results</numerusform>
        </translation>
    </message>
    <message>
        <source>Take results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From my edits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnlargedPreview</name>
    <message>
        <source>Page Up, Page Down: earlier, later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before and now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wanted and now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the large picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnlargedResult</name>
    <message>
        <source>Page Up, Page Down: other pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start model and new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wanted and new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo and new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the large picture</source>
        <translation type="unfinished"></translation>
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
    <name>Error</name>
    <message>
        <source>alignment.not-found</source>
        <extracomment>{pair}: no shift, turn or crop was found that makes the two photos match.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alignment.not-found.advice</source>
        <extracomment>Crop both alike in another program, or leave the pair out.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alignment.not-needed</source>
        <extracomment>{pair}: the two photos lie on each other already.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention.no-flash</source>
        <extracomment>Flash attention cannot be used ({reason}); torch chooses another kernel.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache.changed</source>
        <extracomment>The training cache in {folder} was changed while it was in use.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache.changed.advice</source>
        <extracomment>Start the run again; it continues and fills the cache first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache.disappeared</source>
        <extracomment>The training cache in {folder} can no longer be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cache.disappeared.advice</source>
        <extracomment>Check that its drive is connected.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.damaged</source>
        <extracomment>The checkpoint {checkpoint} is missing or damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.damaged.advice</source>
        <extracomment>Choose another checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.disk-space</source>
        <extracomment>There is not enough disk space for a checkpoint in {folder}: {needed} are needed, {free} are free.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.disk-space.advice</source>
        <extracomment>Free some disk space, or choose another folder; earlier checkpoints are kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.newer-version</source>
        <extracomment>The checkpoint {checkpoint} was written by a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.newer-version.advice</source>
        <extracomment>Update the program, or choose another exp_manager.exp_dir.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.not-a-checkpoint</source>
        <extracomment>The file {file} is not a checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.not-a-checkpoint.advice</source>
        <extracomment>Choose another checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.not-written</source>
        <extracomment>The checkpoint could not be written to {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.not-written.advice</source>
        <extracomment>Free some disk space, or choose another folder; earlier checkpoints are kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.other-model</source>
        <extracomment>The checkpoint is of another model, or of a run that trains other weights.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.other-model.advice</source>
        <extracomment>Choose another exp_manager.exp_dir.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.processes-differ</source>
        <extracomment>The processes of the run find different checkpoints.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.processes-differ.advice</source>
        <extracomment>Choose an exp_manager.exp_dir that all machines can reach.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.record-not-written</source>
        <extracomment>The record of the run&apos;s numerics could not be written to {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.record-not-written.advice</source>
        <extracomment>Free some disk space, or choose another folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.run-exists</source>
        <extracomment>{folder} already contains a run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint.run-exists.advice</source>
        <extracomment>Choose another exp_manager.exp_dir, or continue the run with exp_manager.resume_if_exists=True.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>collection.newer-version</source>
        <extracomment>The pairs in {folder} were collected by a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>collection.newer-version.advice</source>
        <extracomment>Install the newer version, or choose other pairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>collection.unreadable</source>
        <extracomment>The pairs in {folder} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>collection.unreadable.advice</source>
        <extracomment>Check the folder, or collect the pairs again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compiler.no-cudagraphs</source>
        <extracomment>CUDA graphs need a GPU from NVIDIA; the UNet is compiled without.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compiler.not-compared</source>
        <extracomment>Memory was too short to compare the gradients of the compiled UNet with those of the UNet itself; it stays compiled.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compiler.not-compiled</source>
        <extracomment>TorchInductor finds no compiler that works here; the UNet is not compiled.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compiler.wrong-gradients</source>
        <extracomment>The compiled UNet computes wrong gradients for {differing} of {count} weights, by up to {percent} %; training continues with the UNet that is not compiled.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.batch-size-contradiction</source>
        <extracomment>model.global_batch_size is {whole}, but {micro} examples in each of {processes} process(es), {times} times, are {total}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.batch-size-contradiction.advice</source>
        <extracomment>Leave out trainer.accumulate_grad_batches or model.global_batch_size; the other is enough.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.batch-size-multiple</source>
        <extracomment>model.global_batch_size is {whole}, which is not a multiple of {together}: {micro} examples in each of {processes} process(es).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.batch-size-multiple.advice</source>
        <extracomment>Choose a multiple, or another model.micro_batch_size.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.betas-invalid</source>
        <extracomment>model.optim.betas must be two numbers from 0 to 1.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.cudagraphs-without-inductor</source>
        <extracomment>model.inductor_cudagraphs launches what model.inductor compiles.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.cudagraphs-without-inductor.advice</source>
        <extracomment>Set both, or neither.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.dropout-out-of-range</source>
        <extracomment>model.conditioning_dropout_prob must be from 0 to 0.33.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.file-unreadable</source>
        <extracomment>The settings file {file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.file-unreadable.advice</source>
        <extracomment>Check its name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.fixed-setting</source>
        <extracomment>{setting} can only be {accepted} here, not {value}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.fixed-setting.advice</source>
        <extracomment>Leave it out, or train with NeMo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-out-of-range</source>
        <extracomment>A setting of judging is missing or out of range.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-out-of-range.advice</source>
        <extracomment>Name the folder as run=FOLDER; the strength is from 0 to {maximum:g}, sizes are at least 64 pixels and counts at least 0.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-setting-unknown</source>
        <extracomment>There is no setting called {setting}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-setting-unknown.advice</source>
        <extracomment>Did you mean {nearest}?</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-value-invalid</source>
        <extracomment>{setting} cannot be “{value}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.judging-value-invalid.advice</source>
        <extracomment>Photos are written as a list such as [&quot;a.jpg&quot;, &quot;b.jpg&quot;], others as text or a number.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-family</source>
        <extracomment>{family} cannot be exported in the {layout} layout.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-family.advice</source>
        <extracomment>Leave {setting} out; the model folder is written in any case.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-prediction</source>
        <extracomment>The {layout} layout has no word for a UNet that predicts the image itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-prediction.advice</source>
        <extracomment>Leave {setting} out; the model folder is written in any case.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-small-vae</source>
        <extracomment>The {layout} layout has no names for this model&apos;s small VAE.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.layout-of-small-vae.advice</source>
        <extracomment>Leave {setting} out; the model folder is written in any case.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-of-expanded</source>
        <extracomment>“{model}” does not edit, so that the change to it is no edit of its own.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-of-expanded.advice</source>
        <extracomment>Export the whole model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-with-text-encoder</source>
        <extracomment>model.cond_stage_trainable trains the whole text encoder, which a LoRA cannot contain.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-with-text-encoder.advice</source>
        <extracomment>Leave out one of the two.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-without-text-encoder</source>
        <extracomment>The training changed the text encoder too, which edit packs and LoRA files do not hold.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.lora-without-text-encoder.advice</source>
        <extracomment>Export the whole model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.machines-unknown</source>
        <extracomment>trainer.num_nodes is {count}, but the other machines are not known.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.machines-unknown.advice</source>
        <extracomment>Start the run on each machine with torchrun or accelerate launch, or set MASTER_ADDR, MASTER_PORT and NODE_RANK.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.max-time-invalid</source>
        <extracomment>trainer.max_time must be days:hours:minutes:seconds, for example &apos;00:01:30:00&apos;, in quotes.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.min-lr-out-of-range</source>
        <extracomment>model.optim.sched.min_lr must be at least 0 and at most model.optim.lr.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.no-dataset</source>
        <extracomment>data.data_path must name at least one folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.no-settings</source>
        <extracomment>{file} contains no settings.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.no-settings.advice</source>
        <extracomment>Write them as key: value.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-a-fraction</source>
        <extracomment>{setting} must be above 0 and below 1.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-a-setting</source>
        <extracomment>“{argument}” is not a setting.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-a-setting.advice</source>
        <extracomment>Write settings as key=value, for example trainer.max_steps=200.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-a-share</source>
        <extracomment>{setting} must be at least 0 and below 1.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-one-of</source>
        <extracomment>{setting} must be one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-positive</source>
        <extracomment>{setting} must be above 0.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-steps</source>
        <extracomment>“{text}” is not a list of steps.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-steps.advice</source>
        <extracomment>Separate them with commas: {flag}=200,1000.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-usable</source>
        <extracomment>A setting cannot be used: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-usable.advice</source>
        <extracomment>Check the names and values.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-yaml</source>
        <extracomment>{file} is not a YAML file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.not-yaml.advice</source>
        <extracomment>Check its brackets and indentation.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.original-layout-unknown</source>
        <extracomment>export.original_layout must be ckpt or safetensors.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.out-of-range</source>
        <extracomment>{setting} must be from {minimum} to {maximum}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.process-count</source>
        <extracomment>{count} processes were started, but trainer.devices and trainer.num_nodes ask for {wanted}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.process-count.advice</source>
        <extracomment>Leave both out; the number of processes is taken from the launcher.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.reference-not-usable</source>
        <extracomment>The value of {setting} cannot be used: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.reference-not-usable.advice</source>
        <extracomment>“${{…}}” refers to another setting; write “${{” for the characters themselves.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.repairs-count</source>
        <extracomment>data.repairs must name one file for each folder of data.data_path.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.replay-empty</source>
        <extracomment>data.replay has no instructions: the card of the start weights suggests no edits.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.replay-empty.advice</source>
        <extracomment>List some edits that the start weights can make in data.replay.instructions.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.replay-without-cache</source>
        <extracomment>data.replay needs data.cache.enable=True: what the start weights make is kept there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.resolution-multiple</source>
        <extracomment>data.resolution is {resolution}, but this model needs squares whose side is a multiple of {multiple} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.resolution-multiple.advice</source>
        <extracomment>Choose {smaller} or {larger}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.save-top-k-invalid</source>
        <extracomment>exp_manager.checkpoint_callback_params.save_top_k must be at least 1, or -1 for all.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-group</source>
        <extracomment>{setting} is a group of settings.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-group.advice</source>
        <extracomment>Name one of them: {setting}.…=…</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-missing</source>
        <extracomment>The setting {setting} is missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-missing.advice</source>
        <extracomment>Add {setting}=…</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-misspelt</source>
        <extracomment>There is no setting called {setting}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-misspelt.advice</source>
        <extracomment>Did you mean {nearest}?</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-unknown</source>
        <extracomment>There is no setting called {setting}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.setting-unknown.advice</source>
        <extracomment>Check its name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.split-leaves-nothing</source>
        <extracomment>data.split.val and data.split.test must leave something to train on.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.too-large</source>
        <extracomment>{setting} must be below {limit}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.too-small</source>
        <extracomment>{setting} must be at least {minimum}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.validation-instruction-count</source>
        <extracomment>validation.instructions must have one text for each of validation.photos.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.validation-resolution-invalid</source>
        <extracomment>validation.resolution must be 0 or at least 64.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.validation-scales-out-of-range</source>
        <extracomment>The guidance scales of validation must be from 0 to 50.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.value-not-usable</source>
        <extracomment>{setting} is “{value}”, but must be {expected}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.value-not-usable.advice</source>
        <extracomment>Write {setting}={example}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.weight-count</source>
        <extracomment>data.weights must have one number for each folder of data.data_path.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.weights-not-positive</source>
        <extracomment>All data.weights must be above 0.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.zero-terminal-snr</source>
        <extracomment>model.zero_terminal_snr needs a model that predicts v, but this one predicts the noise.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>configuration.zero-terminal-snr.advice</source>
        <extracomment>Leave it out, or start from another model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.ended</source>
        <extracomment>The training program ended unexpectedly (exit code {code}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.ended.advice</source>
        <extracomment>Try again; if it happens again, see the log file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.found</source>
        <extracomment>The training program ended unexpectedly.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.found.advice</source>
        <extracomment>Resume training; it goes on from the last saved step.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.killed</source>
        <extracomment>The system ended the training program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.killed.advice</source>
        <extracomment>Perhaps the memory was full: close other programs and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.not-started</source>
        <extracomment>The training program could not be started ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crash.not-started.advice</source>
        <extracomment>Install the program again if this keeps happening.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.all-excluded</source>
        <extracomment>All pairs of {folder} are left out.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.all-excluded.advice</source>
        <extracomment>Put some of them back.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.arrow-selection</source>
        <extracomment>{folder} holds a selection of rows that were not copied.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.arrow-selection.advice</source>
        <extracomment>Call flatten_indices() on the dataset, and save it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.columns-unknown</source>
        <extracomment>{file} has no known columns for original, edited and instruction: images are in {images}, text in {texts}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.columns-unknown.advice</source>
        <extracomment>Name them with data.columns.original=…, data.columns.edited=… and data.columns.instruction=….</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.disappeared</source>
        <extracomment>The images of the dataset can no longer be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.disappeared.advice</source>
        <extracomment>Check that its drive is connected.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.file-unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.file-unreadable.advice</source>
        <extracomment>Pack or download the dataset again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.gone</source>
        <extracomment>{folder} was removed or disconnected while its pairs were checked.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.gone.advice</source>
        <extracomment>Put it back or connect its drive, then try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.incomplete-pairs</source>
        <extracomment>{folder} contains no complete image pair. {first}</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.incomplete-pairs.advice</source>
        <extracomment>Check the names of the files.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.left-out</source>
        <extracomment>Entries of the dataset that are not trained on: {count} ({reasons}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.left-out.advice</source>
        <extracomment>The check of the dataset names them.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.metadata-alone</source>
        <extracomment>{file} is one file of a dataset.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.metadata-alone.advice</source>
        <extracomment>Choose the folder that contains it and the images.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.missing</source>
        <extracomment>{folder} is not there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.missing.advice</source>
        <extracomment>Put it back, or connect the disk it is on. You can also choose another folder of pairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-captions</source>
        <extracomment>No pair has captions of its two images, which the evaluation needs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-captions.advice</source>
        <extracomment>Add “input” and “output” to every prompt.json, or columns original_prompt and edited_prompt.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-instruction</source>
        <extracomment>{folder} contains pairs ({count}), but no text says what was changed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-instruction.advice</source>
        <extracomment>Write it into instruction.txt beside the images, or add data.instruction=… to the command.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-layout</source>
        <extracomment>No pairs were recognised in {folder}: it has no folders “before” and “after”, no names such as street_before.jpg and street_after.jpg, and no {json_lines}, {seeds} or parquet files.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-layout.advice</source>
        <extracomment>Put the photos into two such folders, or rename them. A {json_lines} with a line for each pair, naming original_image, edited_image and edit_instruction, works too.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-pairs</source>
        <extracomment>{folder} contains no complete image pair.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-pairs.advice</source>
        <extracomment>Check the names of the files.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-readable-pair</source>
        <extracomment>No pair of the dataset can be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-readable-pair.advice</source>
        <extracomment>Check its images.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-readable-shape</source>
        <extracomment>No image of one of the shapes can be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-readable-shape.advice</source>
        <extracomment>Train without data.buckets.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-training-pairs</source>
        <extracomment>No usable pair is left for training: the dataset has them all in its validation or test part.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-training-pairs.advice</source>
        <extracomment>Put pairs into its training part, or rename the folders or splits.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.no-usable-pairs</source>
        <extracomment>{dataset} contains no pair that can be used for training. {concern}</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-a-folder</source>
        <extracomment>{folder} is not a folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-a-folder.advice</source>
        <extracomment>Choose the folder that contains the image pairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-a-zip</source>
        <extracomment>{file} is not a zip file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-a-zip.advice</source>
        <extracomment>Choose a folder of image pairs, or a zip file of one.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-text</source>
        <extracomment>{file} is not UTF-8 text.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.not-text.advice</source>
        <extracomment>Save it as UTF-8 text.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.other-archive</source>
        <extracomment>{file} is an archive that this program does not open.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.other-archive.advice</source>
        <extracomment>Unpack it, and choose the unpacked folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.parquet-damaged</source>
        <extracomment>{file} is not a readable parquet or Arrow file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.parquet-damaged.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.password</source>
        <extracomment>{file} is protected by a password.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.password.advice</source>
        <extracomment>Unpack it, and choose the unpacked folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.pyarrow-missing</source>
        <extracomment>Parquet and Arrow files need the library pyarrow, which is not installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.pyarrow-missing.advice</source>
        <extracomment>Install it with “pip install pyarrow”, or choose a folder of images.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.repairs-count</source>
        <extracomment>There must be one file of data.repairs for each folder of pairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.seeds-invalid</source>
        <extracomment>{file} is invalid.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.seeds-invalid.advice</source>
        <extracomment>It must be a list of [folder, [seed, …]] entries.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.sides-unknown</source>
        <extracomment>The images in {one} and {other} have the same names, but nothing tells which are the originals.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.sides-unknown.advice</source>
        <extracomment>Rename the folder of the originals to “before”, and the other one to “after”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.split-empty</source>
        <extracomment>{dataset} has no pairs in its {split} split.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.split-empty.advice</source>
        <extracomment>Choose another --split, or “all”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.tar-unreadable</source>
        <extracomment>{file} is damaged, or a compressed tar.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.tar-unreadable.advice</source>
        <extracomment>Unpack it, and choose the unpacked folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.unreadable</source>
        <extracomment>{folder} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.unreadable.advice</source>
        <extracomment>Check the permissions of the folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.unusable-later</source>
        <extracomment>Pairs that could no longer be read were replaced by others: {count} ({pairs}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.unusable-later.advice</source>
        <extracomment>Check whether their files have changed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.zip-compression</source>
        <extracomment>{file} is packed by a method that this program does not open, such as Deflate64.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.zip-compression.advice</source>
        <extracomment>Unpack it, and choose the unpacked folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.zip-damaged</source>
        <extracomment>{file} is not a readable zip file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dataset.zip-damaged.advice</source>
        <extracomment>Pack or download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.no-gpu</source>
        <extracomment>trainer.accelerator asks for a GPU, but torch finds none; the processor is used instead.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.not-available</source>
        <extracomment>This computer has no usable {device} device.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.not-available.advice</source>
        <extracomment>Choose auto or cpu.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.preferred-not-available</source>
        <extracomment>The device chosen in Preferences, {device}, is not usable on this computer.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.preferred-not-available.advice</source>
        <extracomment>Set --device, or choose another device in Preferences.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.threads-out-of-range</source>
        <extracomment>The number of threads must be from 1 to {maximum}, not {threads}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.unknown</source>
        <extracomment>There is no device called “{device}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.unknown.advice</source>
        <extracomment>Choose one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.unknown-number-type</source>
        <extracomment>There is no number type called “{dtype}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device.unknown-number-type.advice</source>
        <extracomment>Choose one of auto, {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>diverged.loss-nan</source>
        <extracomment>The loss became NaN at step {step}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>diverged.loss-nan.advice</source>
        <extracomment>Try a lower learning rate (model.optim.lr) and start again; the last checkpoint is kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>diverged.retried</source>
        <extracomment>The loss became NaN at step {failed}; training continues from step {step} with {share:g} times the learning rate.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.access-denied</source>
        <extracomment>Access to {file} is denied (HTTP {status}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.access-denied.advice</source>
        <extracomment>Enter an access token, or accept the licence on its page first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.address-invalid</source>
        <extracomment>{url} cannot be downloaded: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.address-invalid.advice</source>
        <extracomment>Check the address.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.already-running</source>
        <extracomment>{name} is being downloaded by another program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.already-running.advice</source>
        <extracomment>Wait until that has finished.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.damaged</source>
        <extracomment>{file} was damaged during the download and was discarded.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.damaged.advice</source>
        <extracomment>Download it again from the start.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.endpoint-invalid</source>
        <extracomment>{url} is not a web address.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.endpoint-invalid.advice</source>
        <extracomment>Check HF_ENDPOINT.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.failed</source>
        <extracomment>{file} could not be downloaded: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.failed.advice</source>
        <extracomment>Try again later.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.interrupted</source>
        <extracomment>{file} could not be downloaded: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.interrupted.advice</source>
        <extracomment>Try again later; the {size} that have been downloaded are kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.licence</source>
        <extracomment>{repository} is only available to those who accept its licence.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.licence.advice</source>
        <extracomment>Accept it on {page} with the account of your access token.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.licence-and-token</source>
        <extracomment>{repository} is only available to those who accept its licence.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.licence-and-token.advice</source>
        <extracomment>Accept it on {page} and enter an access token.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.no-connection</source>
        <extracomment>There is no connection to {host}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.no-connection.advice</source>
        <extracomment>Check the network and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.offline-mode</source>
        <extracomment>Downloads are switched off on this computer: HF_HUB_OFFLINE is set.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.offline-mode.advice</source>
        <extracomment>Remove it from the environment and start the program again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.refused</source>
        <extracomment>{file} cannot be downloaded: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.refused.advice</source>
        <extracomment>Check the name and the address.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.size-differs</source>
        <extracomment>{file} is not the expected file: it has {size} bytes instead of {expected}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.size-differs.advice</source>
        <extracomment>It may have been changed on the server; look for a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.token-invalid</source>
        <extracomment>The hub does not accept the access token.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.token-invalid.advice</source>
        <extracomment>Create a new one with read access in the settings of your account on the hub.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.too-long</source>
        <extracomment>{file} is longer than expected ({size} bytes).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.too-long.advice</source>
        <extracomment>Try again later.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.wait-requested</source>
        <extracomment>{host} asks to wait {minutes:.0f} minutes before {file} is downloaded.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download.wait-requested.advice</source>
        <extracomment>Try again then; what has been downloaded is kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>engine.side-multiple</source>
        <extracomment>This model edits squares whose side is a multiple of {multiple} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>engine.side-multiple.advice</source>
        <extracomment>Choose another --resolution.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>history.newer-version</source>
        <extracomment>The losses of this run so far were recorded by a newer version of this program; its curves start again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.archive-damaged</source>
        <extracomment>{file} in {archive} is damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.archive-damaged.advice</source>
        <extracomment>Pack or download the archive again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.camera-raw</source>
        <extracomment>{file} is a camera RAW file, and the package rawpy, which develops these, is not installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.camera-raw.advice</source>
        <extracomment>Export it as JPEG, PNG or TIFF first, or install the package.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.camera-raw-unknown</source>
        <extracomment>{file} is a camera RAW file that cannot be developed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.camera-raw-unknown.advice</source>
        <extracomment>Export it as JPEG, PNG or TIFF with the program of the camera.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.cell-empty</source>
        <extracomment>{name} is empty.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.cell-empty.advice</source>
        <extracomment>Leave out the row, or add the image.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.damaged</source>
        <extracomment>{file} is damaged or incomplete.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.damaged.advice</source>
        <extracomment>Choose another copy of the photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.empty</source>
        <extracomment>{file} is empty (0 bytes).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.empty.advice</source>
        <extracomment>Choose another copy of the photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.file-of-cell-missing</source>
        <extracomment>{file}, which {table} names, is missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.file-of-cell-missing.advice</source>
        <extracomment>Put the images beside the table.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.folder-unreadable</source>
        <extracomment>{folder} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.folder-unreadable.advice</source>
        <extracomment>Check who may read it, and the disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.folder-without-photos</source>
        <extracomment>{folder} contains no photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.folder-without-photos.advice</source>
        <extracomment>Choose a photo, or a folder that contains some.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.is-a-folder</source>
        <extracomment>{file} is a folder, not a photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.is-a-folder.advice</source>
        <extracomment>Choose a file in it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.mask-missing</source>
        <extracomment>The mask of the photo is not there any more.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.mask-missing.advice</source>
        <extracomment>Paint it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.mask-unreadable</source>
        <extracomment>The mask of the photo cannot be shown because {file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.mask-unreadable.advice</source>
        <extracomment>Paint it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-a-file</source>
        <extracomment>{file} is not a regular file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-a-file.advice</source>
        <extracomment>Choose a photo that is a file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-an-image</source>
        <extracomment>{file} cannot be read as an image.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-an-image.advice</source>
        <extracomment>Choose a PNG, JPEG, WebP or TIFF file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-found</source>
        <extracomment>{file} does not exist.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.not-found.advice</source>
        <extracomment>Check the name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.other-format</source>
        <extracomment>{file} is not a photo in a supported format; it is {form}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.other-format.advice</source>
        <extracomment>Export it as JPEG, PNG or TIFF, and open that.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.rare-tiff</source>
        <extracomment>{file} is a rare kind of TIFF file: {samples} × {bits} bits, compression {compression}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.rare-tiff.advice</source>
        <extracomment>Save it without compression, or as PNG.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.session-file-unreadable</source>
        <extracomment>The photo or result cannot be shown because {file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.session-file-unreadable.advice</source>
        <extracomment>Open the photo again, or make the result again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.something-else</source>
        <extracomment>{file} is not a photo; it is {form}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.something-else.advice</source>
        <extracomment>Copy or download the photo itself again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.table-damaged</source>
        <extracomment>{file} is damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.table-damaged.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.too-large</source>
        <extracomment>{file} is too large to be opened.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.too-large.advice</source>
        <extracomment>Scale it down first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.too-many-pixels</source>
        <extracomment>{file} is {width} × {height} pixels, which is too large to be opened.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.too-many-pixels.advice</source>
        <extracomment>Scale it down first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.unknown-format</source>
        <extracomment>{file} is not a photo in a supported format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.unknown-format.advice</source>
        <extracomment>Choose a JPEG, PNG, WebP, HEIC, AVIF or TIFF file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image.unreadable.advice</source>
        <extracomment>Check who may read it, and the disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted.run</source>
        <extracomment>The run was interrupted.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted.run.advice</source>
        <extracomment>Start it again; it continues from its last checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lora.peft-missing</source>
        <extracomment>LoRA training needs the library peft, which is not installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lora.peft-missing.advice</source>
        <extracomment>Install it with “pip install peft”, or leave model.lora.enable out.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.editing</source>
        <extracomment>There is not enough memory to edit at {width} × {height} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.editing.advice</source>
        <extracomment>Choose a smaller resolution.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.loading</source>
        <extracomment>There is not enough memory to load {model}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.loading.advice</source>
        <extracomment>Close other programs and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.micro-batch</source>
        <extracomment>There is not enough memory to train on this micro-batch.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.micro-batch.advice</source>
        <extracomment>Choose a smaller model.micro_batch_size or data.resolution, or set model.unet_config.use_checkpoint=True.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory.smaller-passes</source>
        <extracomment>Memory was short: {size} example(s) are computed at a time; the result is the same.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metrics.no-tensorboard</source>
        <extracomment>exp_manager.create_tensorboard_logger needs the package tensorboard, which is not installed; the losses are only written to metrics.jsonl.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metrics.no-tensorboard.advice</source>
        <extracomment>Install it with “pip install tensorboard”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metrics.no-wandb</source>
        <extracomment>exp_manager.create_wandb_logger cannot use W&amp;B ({reason}); the losses are only written to metrics.jsonl.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metrics.no-wandb.advice</source>
        <extracomment>Install it with “pip install wandb”, and log in with “wandb login”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metrics.not-written</source>
        <extracomment>The losses can no longer be written ({reason}); training continues without.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.already-in-library</source>
        <extracomment>{file} is already in the library.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.already-in-library.advice</source>
        <extracomment>It is used from there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive</source>
        <extracomment>{file} is an archive.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive.advice</source>
        <extracomment>Unpack it first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive-damaged</source>
        <extracomment>{file} is damaged or incomplete: its archive cannot be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive-damaged.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive-without-model</source>
        <extracomment>{file} is an archive without a model in it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.archive-without-model.advice</source>
        <extracomment>Choose the model file itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.byte-order</source>
        <extracomment>{file} was written on another kind of computer.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.byte-order.advice</source>
        <extracomment>Get the model as a safetensors file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.cache-empty</source>
        <extracomment>{folder} is the cache of a model whose files are not there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.cache-empty.advice</source>
        <extracomment>Download the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.card-unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.card-unreadable.advice</source>
        <extracomment>Restore or delete that file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.catalogue-unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.catalogue-unreadable.advice</source>
        <extracomment>Install the program again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.class-unknown</source>
        <extracomment>{folder} is not a supported InstructPix2Pix model (its {part} is {found}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.class-unknown.advice</source>
        <extracomment>Choose a model of the InstructPix2Pix family.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.clip-missing</source>
        <extracomment>{folder} contains no CLIP model, which the evaluation needs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.clip-missing.advice</source>
        <extracomment>Download the folder openai/clip-vit-large-patch14 and name it with --clip.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.clip-unreadable</source>
        <extracomment>The CLIP model in {folder} cannot be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.clip-unreadable.advice</source>
        <extracomment>Download the folder openai/clip-vit-large-patch14 and name it with --clip.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.compressed</source>
        <extracomment>{file} was compressed after it was saved.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.compressed.advice</source>
        <extracomment>Unpack it first, or get another copy.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.configuration-damaged</source>
        <extracomment>{file} is damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.configuration-damaged.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.configuration-invalid</source>
        <extracomment>The model&apos;s {part} configuration is invalid.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.configuration-invalid.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.cosxl-not-trainable</source>
        <extracomment>CosXL-Edit cannot be trained here: it is trained at continuous noise levels, and the usual training at whole timesteps destroys what it knows.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.cosxl-not-trainable.advice</source>
        <extracomment>Start from Stable Diffusion XL, or from an InstructPix2Pix model of Stable Diffusion 1 or 2.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.damaged</source>
        <extracomment>{file} is damaged: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.damaged.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.deepspeed-checkpoint</source>
        <extracomment>{folder} is a checkpoint of DeepSpeed, whose weights are divided among several files.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.deepspeed-checkpoint.advice</source>
        <extracomment>Run its script zero_to_fp32.py, and choose the file that the script writes.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.document</source>
        <extracomment>{file} is a document or program, not a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.document.advice</source>
        <extracomment>Choose a model in the safetensors, ckpt, pt, bin or nemo format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.empty</source>
        <extracomment>{file} is empty.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.empty.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-empty</source>
        <extracomment>{file} is empty (0 bytes).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-empty.advice</source>
        <extracomment>Remove it and add the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-missing</source>
        <extracomment>{file} is missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-missing.advice</source>
        <extracomment>Restore it, or remove the model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-not-found</source>
        <extracomment>{file} does not exist.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.file-not-found.advice</source>
        <extracomment>Choose another file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.folder-is-lora</source>
        <extracomment>{folder} is a LoRA, which changes a model and is none by itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.folder-is-lora.advice</source>
        <extracomment>Choose a model first, then add this folder to it as a LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.fsdp-checkpoint</source>
        <extracomment>{folder} is a checkpoint of FSDP, whose weights are divided among several files.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.fsdp-checkpoint.advice</source>
        <extracomment>Run “accelerate merge-weights” on it, and choose the file that it writes.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.gguf</source>
        <extracomment>{file} is a GGUF model, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.gguf.advice</source>
        <extracomment>Choose the same model in fp16, bf16 or fp32.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.git-lfs-pointer</source>
        <extracomment>{file} is only a pointer to the real file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.git-lfs-pointer.advice</source>
        <extracomment>Download the file itself, for example with “git lfs pull”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.header-incomplete</source>
        <extracomment>{file} is incomplete: it ends within its header.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.header-incomplete.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.image</source>
        <extracomment>{file} is an image, not a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.image.advice</source>
        <extracomment>Choose a model in the safetensors, ckpt, pt, bin or nemo format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.incomplete</source>
        <extracomment>{file} is incomplete: it ends within or before the tensor {tensor} ({size} of at least {expected} are there).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.incomplete.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-folder</source>
        <extracomment>{file} is a folder, not a file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-folder.advice</source>
        <extracomment>Choose the model file in it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-link</source>
        <extracomment>{file} is a link to a model outside the library, which is left as it is.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-link.advice</source>
        <extracomment>Add that model to the library and describe the copy.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-settings-file</source>
        <extracomment>{file} contains settings, not a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.is-a-settings-file.advice</source>
        <extracomment>Choose the model itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.keras</source>
        <extracomment>{file} is a Keras model, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.keras.advice</source>
        <extracomment>Choose a model in the safetensors, ckpt, pt, bin or nemo format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.knowledge-of-other-model</source>
        <extracomment>{file} belongs to another model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.knowledge-of-other-model.advice</source>
        <extracomment>Remove the model and add it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.knowledge-unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.knowledge-unreadable.advice</source>
        <extracomment>Remove the model and add it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-incomplete</source>
        <extracomment>The LoRA {file} has only a part of the change of {module}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-incomplete.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-not-finite</source>
        <extracomment>The LoRA {file} is damaged: {tensor} contains numbers that are not finite.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-not-finite.advice</source>
        <extracomment>Choose another LoRA, or download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-not-supported</source>
        <extracomment>{file} is a {kind}, a relative of LoRA that is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-not-supported.advice</source>
        <extracomment>Choose a plain LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-of-other-family</source>
        <extracomment>The LoRA {file} was made for another kind of model: this one has no {module} in its {network}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-of-other-family.advice</source>
        <extracomment>Choose a LoRA of the same family as the model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-settings-damaged</source>
        <extracomment>The settings of the LoRA in {file} are damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-settings-damaged.advice</source>
        <extracomment>Download them again together with the LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-settings-not-supported</source>
        <extracomment>The LoRA {file} was trained with {kind}, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-settings-not-supported.advice</source>
        <extracomment>Merge it into its model with peft, or choose a plain LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-shape-differs</source>
        <extracomment>The LoRA {file} does not fit this model: {tensor} has another shape there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-shape-differs.advice</source>
        <extracomment>Choose a LoRA of the same family as the model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-tensor-unknown</source>
        <extracomment>The LoRA {file} contains {tensor}, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-tensor-unknown.advice</source>
        <extracomment>Choose a plain LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-used-in-part</source>
        <extracomment>{unmatched} of {count} modules of the LoRA {file} do not fit this model and are not used, for example {module} of its {network}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.lora-used-in-part.advice</source>
        <extracomment>Choose a LoRA of the same family as the model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.member-misplaced</source>
        <extracomment>{file} is damaged: {member} is not where it should be.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.member-misplaced.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-names-differ</source>
        <extracomment>{file} does not name its tensors as {editor} does.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-names-differ.advice</source>
        <extracomment>Choose three models of the same family and layout, the editor first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-not-an-editor</source>
        <extracomment>{file} is not an InstructPix2Pix model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-not-an-editor.advice</source>
        <extracomment>Choose three models of the same family and layout, the editor first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-overflow</source>
        <extracomment>The merged tensor {tensor} contains numbers that are too large or not finite.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-overflow.advice</source>
        <extracomment>Choose another custom model or a smaller multiplier.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-shapes-differ</source>
        <extracomment>The tensor {tensor} is {shape} in {file} and {expected} in {editor}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merge-shapes-differ.advice</source>
        <extracomment>Choose three models of the same family and layout, the editor first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merged-in-part</source>
        <extracomment>{unused} of {count} tensors of {file} do not fit {editor} and are not used, for example {tensor}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.merged-in-part.advice</source>
        <extracomment>Choose three models of the same family and layout, the editor first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.name-empty</source>
        <extracomment>A model needs a name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.name-empty.advice</source>
        <extracomment>Type one.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.name-taken</source>
        <extracomment>There is another model called “{name}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.name-taken.advice</source>
        <extracomment>Choose another name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.nemo-in-pieces</source>
        <extracomment>{file} keeps its weights in pieces.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.nemo-in-pieces.advice</source>
        <extracomment>Convert it with NeMo&apos;s own scripts to one checkpoint, or choose another file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.networks-missing</source>
        <extracomment>{file} contains only a part of a {family} editor (missing: {missing}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.networks-missing.advice</source>
        <extracomment>Put a complete {family} model into the same folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.newer-version</source>
        <extracomment>{file} was written by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.newer-version.advice</source>
        <extracomment>Update IP2P Desktop to use this model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.no-tensors</source>
        <extracomment>{file} contains no named tensors.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.no-tensors.advice</source>
        <extracomment>Choose a model file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-lora</source>
        <extracomment>{file} is {description}, not a LoRA.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-lora.advice</source>
        <extracomment>Choose a LoRA file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-model</source>
        <extracomment>{file} is not a model file this program recognises.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-model.advice</source>
        <extracomment>Choose a model in the safetensors, ckpt, pt, bin or nemo format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-model-folder</source>
        <extracomment>{folder} is not a model folder: it has no {index}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-model-folder.advice</source>
        <extracomment>Choose a folder of an InstructPix2Pix model in the diffusers layout, or a model file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-vae</source>
        <extracomment>{file} is {description}, not a VAE.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-a-vae.advice</source>
        <extracomment>Choose another VAE.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-an-editor</source>
        <extracomment>This is not an InstructPix2Pix model: its UNet takes {channels} channels instead of {expected}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-an-editor.advice</source>
        <extracomment>Choose a model that edits from instructions.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-an-editor-folder</source>
        <extracomment>{folder} is not a model folder: it has no {index}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-an-editor-folder.advice</source>
        <extracomment>Choose an InstructPix2Pix model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-finite</source>
        <extracomment>The model {model} computed values that are not numbers, so there is no result.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-finite.advice</source>
        <extracomment>It is damaged: install it again, or choose another one.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-finite-in-half</source>
        <extracomment>The model {model} computed values that are not numbers in {dtype}, so there is no result.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-finite-in-half.advice</source>
        <extracomment>Choose the number type fp32. If that does not help, the model is damaged: install it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-found</source>
        <extracomment>There is no model at {file}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-found.advice</source>
        <extracomment>Choose an InstructPix2Pix model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-in-library</source>
        <extracomment>{file} is not in the library {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-in-library.advice</source>
        <extracomment>It is left as it is.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-trained-from</source>
        <extracomment>{model} was not trained from {start}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.not-trained-from.advice</source>
        <extracomment>Choose the model that its training began with.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.number-too-large</source>
        <extracomment>The tensor {tensor} of the model {model} contains numbers that are too large for {dtype}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.number-too-large.advice</source>
        <extracomment>Choose another number type, fp32 or bf16.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.number-type-not-supported</source>
        <extracomment>{file} stores numbers of the type {dtype}, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.number-type-not-supported.advice</source>
        <extracomment>Choose the same model in fp16, bf16 or fp32.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.numbers-missing</source>
        <extracomment>{file} is damaged: the numbers of the tensor {tensor} are missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.numbers-missing.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.onnx</source>
        <extracomment>{file} is an ONNX model, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.onnx.advice</source>
        <extracomment>Choose a model in the safetensors, ckpt, pt, bin or nemo format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.other-structure</source>
        <extracomment>{model} has another structure than {start}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.other-structure.advice</source>
        <extracomment>Choose the model that its training began with.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.part-missing</source>
        <extracomment>The model lacks {file}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.part-missing.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.part-tensor-missing</source>
        <extracomment>The model&apos;s {part} lacks the tensor {tensor}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.part-tensor-missing.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.quantised</source>
        <extracomment>The weights in {file} are quantised ({method}), which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.quantised.advice</source>
        <extracomment>Choose the same model in fp16, bf16 or fp32.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.run-folder</source>
        <extracomment>{folder} contains checkpoints of a training run, not a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.run-folder.advice</source>
        <extracomment>Export a model from one of them first: python -m trainer.export {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.scheduler-invalid</source>
        <extracomment>The model&apos;s scheduler configuration is invalid ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.scheduler-invalid.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.several-in-folder</source>
        <extracomment>{folder} contains several models or checkpoints.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.several-in-folder.advice</source>
        <extracomment>Choose one of them: {names}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.several-not-added</source>
        <extracomment>{names} cannot be added.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.several-not-added.advice</source>
        <extracomment>Add them one by one to see why.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.shape-differs</source>
        <extracomment>The model&apos;s {part} does not fit its configuration: {tensor} has the shape {shape} instead of {expected}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.shape-differs.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.shard-missing</source>
        <extracomment>{file} is incomplete: {shard} is missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.shard-missing.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.size-differs</source>
        <extracomment>{file} is damaged: it has {size} bytes instead of {expected}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.size-differs.advice</source>
        <extracomment>Restore it, or remove the model and add it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-list-invalid</source>
        <extracomment>{file} is damaged: its list of tensors is invalid.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-list-invalid.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-list-missing</source>
        <extracomment>{file} is incomplete: the list of tensors at its end is missing.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-list-missing.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-missing</source>
        <extracomment>{file} lacks the tensor {tensor}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-missing.advice</source>
        <extracomment>Choose another file, or download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-not-finite</source>
        <extracomment>The model {model} is damaged: its tensor {tensor} contains numbers that are not finite (NaN).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-not-finite.advice</source>
        <extracomment>Choose another model, or download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-too-large</source>
        <extracomment>{file} is damaged: the tensor {tensor} is larger than its numbers.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-too-large.advice</source>
        <extracomment>Download it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-unexpected</source>
        <extracomment>The model&apos;s {part} has the tensor {tensor}, which does not belong there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tensor-unexpected.advice</source>
        <extracomment>Choose another model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.text-encoder-unreadable</source>
        <extracomment>The text encoder of {model} cannot be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.text-encoder-unreadable.advice</source>
        <extracomment>Remove the model and add it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.text-encoder-width</source>
        <extracomment>The model&apos;s text encoder does not fit its UNet.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.text-encoder-width.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tokenizer-damaged</source>
        <extracomment>The model&apos;s tokenizer is damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.tokenizer-damaged.advice</source>
        <extracomment>Install the model again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.too-much-beside-tensors</source>
        <extracomment>{file} contains too much besides its tensors.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.too-much-beside-tensors.advice</source>
        <extracomment>Get the model as a safetensors file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.torchscript</source>
        <extracomment>{file} is a program made with TorchScript.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.torchscript.advice</source>
        <extracomment>Choose the model file itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.transformer</source>
        <extracomment>{folder} is a {kind} with a transformer instead of a UNet, which is not supported.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.transformer.advice</source>
        <extracomment>Choose an InstructPix2Pix model of Stable Diffusion 1, 2 or XL, or CosXL-Edit.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.unknown-name</source>
        <extracomment>There is no model called “{name}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.unknown-name.advice</source>
        <extracomment>Choose one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.unreadable.advice</source>
        <extracomment>Check who may read it, and the disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.vae-missing</source>
        <extracomment>{file} contains only a part of a {family} editor (missing: VAE).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.vae-missing.advice</source>
        <extracomment>Put a complete {family} model into the same folder, or choose a VAE.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.vae-not-supported</source>
        <extracomment>The VAE of {file} is of a kind that is not supported ({kind}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.vae-not-supported.advice</source>
        <extracomment>Choose another VAE.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.web-page</source>
        <extracomment>{file} is a web page, not a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.web-page.advice</source>
        <extracomment>Download it again; the site may require you to sign in first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.wrong-kind</source>
        <extracomment>This is {description}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model.wrong-kind.advice</source>
        <extracomment>{advice}</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>numerics.changed</source>
        <extracomment>The run continues with {changes}: its weights may differ in the last digits from those of an uninterrupted run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>numerics.checkpoint-set-aside</source>
        <extracomment>The checkpoint {checkpoint} was written by a newer version of this program and was set aside; the run continues from step {step}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>numerics.newer-version</source>
        <extracomment>The numerics of this run were recorded by a newer version of this program and are chosen again; its weights may differ in the last digits from those of an uninterrupted run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>optimizer.no-eight-bit</source>
        <extracomment>AdamW with 8 bits needs bitsandbytes and a GPU that it supports; AdamW is used instead.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>optimizer.options-changed</source>
        <extracomment>The run continues with {changes}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.cache-limit</source>
        <extracomment>The training cache needs {needed}, but may take at most {limit}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.cache-limit.advice</source>
        <extracomment>Raise data.cache.limit_gb, use fewer data.cache.variants, or train without a cache.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.copy-differs</source>
        <extracomment>{file} was changed while it was copied.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.copy-differs.advice</source>
        <extracomment>Check both disks.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.disk-full</source>
        <extracomment>The disk is full; {file} could not be written completely.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.disk-full.advice</source>
        <extracomment>Free some disk space and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.disk-space</source>
        <extracomment>There is not enough disk space in {folder}: {needed} are needed, {free} are free.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.disk-space.advice</source>
        <extracomment>Free some disk space, or choose a folder on another disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.download-running</source>
        <extracomment>A model is being downloaded into {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.download-running.advice</source>
        <extracomment>Wait until that has finished, or cancel it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.exists</source>
        <extracomment>{file} already exists.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.exists.advice</source>
        <extracomment>Choose an empty folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.export-differs</source>
        <extracomment>{file} does not edit as the trained model does ({likeness:.0f} dB) and was not kept.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.export-differs.advice</source>
        <extracomment>Training continues from the last checkpoint; choose export.precision=32.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.export-failed</source>
        <extracomment>The result could not be exported: {reason}</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.export-failed.advice</source>
        <extracomment>Free some disk space, or choose another place.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-chosen-meanwhile</source>
        <extracomment>Another folder of models was chosen meanwhile: {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-chosen-meanwhile.advice</source>
        <extracomment>The models stay where they are.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-empty</source>
        <extracomment>{folder} is not empty.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-empty.advice</source>
        <extracomment>Choose a new or an empty folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-found</source>
        <extracomment>The folder {folder} does not exist.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-found.advice</source>
        <extracomment>Create it or choose another one.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-written</source>
        <extracomment>{folder} cannot be written ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folder-not-written.advice</source>
        <extracomment>Free some disk space, or check who may write there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folders-nested</source>
        <extracomment>One of the folders {folder} and {current} contains the other.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.folders-nested.advice</source>
        <extracomment>Choose another folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.image-exists</source>
        <extracomment>{file} exists already.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.image-exists.advice</source>
        <extracomment>Choose another name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.is-a-folder</source>
        <extracomment>{folder} is a folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.is-a-folder.advice</source>
        <extracomment>Add a file name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.library-in-use</source>
        <extracomment>The library {folder} is being changed by another program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.library-in-use.advice</source>
        <extracomment>Wait until that has finished.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.lora-differs</source>
        <extracomment>A LoRA of rank {rank} does not edit as the trained model does ({likeness:.0f} dB).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.lora-differs.advice</source>
        <extracomment>Choose a higher rank, or export the whole model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.model-not-written</source>
        <extracomment>The trained model could not be written to {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.model-not-written.advice</source>
        <extracomment>Free some disk space and start again; training continues from the last checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.models-stay</source>
        <extracomment>These models were put into {folder} by hand and stay there: {names}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.models-stay.advice</source>
        <extracomment>Add them to the library to go on using them.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-a-folder</source>
        <extracomment>{file} is not a folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-a-folder.advice</source>
        <extracomment>Choose another folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-removed</source>
        <extracomment>{file} cannot be removed ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-removed.advice</source>
        <extracomment>Close the programs that use it and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-written</source>
        <extracomment>{file} cannot be written ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.not-written.advice</source>
        <extracomment>Choose another place, or check who may write there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.nothing-kept</source>
        <extracomment>{folder} cannot be written ({reason}), so photos and results are kept only until you quit.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.nothing-kept.advice</source>
        <extracomment>Save results in another place, or check who may write there.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.stored-wrong</source>
        <extracomment>{file} was not stored as it was written.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.stored-wrong.advice</source>
        <extracomment>Check that disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.too-large-for-format</source>
        <extracomment>{file} would be {width} × {height} pixels, more than its format allows.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.too-large-for-format.advice</source>
        <extracomment>Use a name that ends in .png.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.unknown-format</source>
        <extracomment>{file} does not end in a known image format.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.unknown-format.advice</source>
        <extracomment>Use a name that ends in one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.write-protected</source>
        <extracomment>{file} is write-protected.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output.write-protected.advice</source>
        <extracomment>Choose another name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.base-missing</source>
        <extracomment>{file} needs the model “{model}”, which is not installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.base-missing.advice</source>
        <extracomment>Add that model, then open the file again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.damaged</source>
        <extracomment>{file} is damaged: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.damaged.advice</source>
        <extracomment>Get the file again from where it came.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.does-not-fit</source>
        <extracomment>{file} is damaged: its weights do not fit the model “{model}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.does-not-fit.advice</source>
        <extracomment>Get the file again from where it came.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.installed-already</source>
        <extracomment>The edit in {file} is installed already, as “{model}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.installed-already.advice</source>
        <extracomment>It is in the list of models.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.not-a-pack</source>
        <extracomment>{file} is not an edit pack: it has no {part}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.not-a-pack.advice</source>
        <extracomment>Choose a file whose name ends with {suffix}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.not-found</source>
        <extracomment>{file} is not there, or not a file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.not-found.advice</source>
        <extracomment>Choose another file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.too-large</source>
        <extracomment>{file} is refused: its {part} is larger than {limit}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.too-large.advice</source>
        <extracomment>Get the file again from where it came.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pack.unreadable.advice</source>
        <extracomment>Check the disk, and who may read the file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pair.shapes-differ</source>
        <extracomment>{pair}: the original is {width} × {height} pixels and the edited image {edited_width} × {edited_height}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pair.shapes-differ.advice</source>
        <extracomment>Crop both alike.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.cache</source>
        <extracomment>The training cache in {folder} can no longer be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.cache.advice</source>
        <extracomment>Connect its drive or move it back: training then goes on by itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.dataset</source>
        <extracomment>The images of {dataset} can no longer be read.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.dataset.advice</source>
        <extracomment>Connect their drive or move them back: training then goes on by itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.disk-full</source>
        <extracomment>The disk is full: {place} could not be written.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.disk-full.advice</source>
        <extracomment>Free some disk space: training then goes on by itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.not-written</source>
        <extracomment>{place} could not be written.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.not-written.advice</source>
        <extracomment>Check its drive, and who may write there: training then goes on by itself.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused.request</source>
        <extracomment>Training is paused.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.no-photo-usable</source>
        <extracomment>None of the photos can be used. {first}</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.no-photo-usable.advice</source>
        <extracomment>Choose other photos.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.nothing-chosen</source>
        <extracomment>There is nothing to make pairs of.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.nothing-chosen.advice</source>
        <extracomment>Choose at least one photo and one recipe.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.photo-too-small</source>
        <extracomment>{file} is too small: {width} × {height} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.photo-too-small.advice</source>
        <extracomment>Choose a larger photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.recipe-unknown</source>
        <extracomment>There is no recipe “{name}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>practice.recipe-unknown.advice</source>
        <extracomment>Choose one of: {names}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>precision.no-half</source>
        <extracomment>Training with 16-bit floats needs a GPU from NVIDIA; {used} is used instead.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>precision.no-half.advice</source>
        <extracomment>Set trainer.precision to bf16 or 32.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process.judging-ended</source>
        <extracomment>Judging the result ended unexpectedly.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process.judging-ended.advice</source>
        <extracomment>Judge it again. The model can be kept without that.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process.worker-lost</source>
        <extracomment>Another process of the run ended unexpectedly.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process.worker-lost.advice</source>
        <extracomment>Start the run again; it continues from the last checkpoint.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.damaged</source>
        <extracomment>{file} is damaged, or is not a file of repairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.damaged.advice</source>
        <extracomment>Move it away, and repair the pairs again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.newer</source>
        <extracomment>The repairs in {file} were written by a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.newer.advice</source>
        <extracomment>Use that version, or move the file away and repair the pairs again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.not-readable</source>
        <extracomment>The repairs in {file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repairs.not-readable.advice</source>
        <extracomment>Check data.repairs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.batch-damaged</source>
        <extracomment>The settings of the batch are damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.batch-damaged.advice</source>
        <extracomment>Start the batch again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.cannot-compile</source>
        <extracomment>The installed program cannot compile models.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.cannot-compile.advice</source>
        <extracomment>Leave out --compile.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.file-missing</source>
        <extracomment>{file} was made with {what}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.file-missing.advice</source>
        <extracomment>Set its path with {flag}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.file-not-found</source>
        <extracomment>{file} does not exist.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.file-not-found.advice</source>
        <extracomment>Check the name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.for-one-photo</source>
        <extracomment>{flag} works with one photo only.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.for-one-photo.advice</source>
        <extracomment>Leave it out, or choose one photo and one result.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.instruction-empty</source>
        <extracomment>The instruction is empty.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.instruction-empty.advice</source>
        <extracomment>Write what should change, for example “make it black and white”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.instruction-not-text</source>
        <extracomment>The instruction contains characters that are not text.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.instruction-not-text.advice</source>
        <extracomment>Type it again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.licence-unreadable</source>
        <extracomment>{file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.licence-unreadable.advice</source>
        <extracomment>Choose a text file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.lora-weight</source>
        <extracomment>The weight of a LoRA must be from -{maximum:g} to {maximum:g}, not {weight:g}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-empty</source>
        <extracomment>The mask {file} marks nothing to edit.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-empty.advice</source>
        <extracomment>Paint the part to edit white on black, or on a transparent ground.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-not-grey</source>
        <extracomment>The mask is not a grey image.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-not-grey.advice</source>
        <extracomment>Save it as an 8-bit grey image.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-size</source>
        <extracomment>The mask is {mask_width} × {mask_height} pixels, the photo {width} × {height}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.mask-size.advice</source>
        <extracomment>Draw the mask on this photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.model-name-invalid</source>
        <extracomment>“{name}” cannot be the name of a model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.model-name-invalid.advice</source>
        <extracomment>Choose a name without slashes.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.model-not-installed</source>
        <extracomment>The model “{model}” of the saved result is not installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.model-not-installed.advice</source>
        <extracomment>Install it, or choose another one with --model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.naming-rule</source>
        <extracomment>The naming rule contains “{field}”, which is not one of its fields.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.naming-rule.advice</source>
        <extracomment>Choose from {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.naming-rule-empty</source>
        <extracomment>The naming rule is empty.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.naming-rule-empty.advice</source>
        <extracomment>Write one, for example {example}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-description</source>
        <extracomment>There is nothing to change on {name}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-description.advice</source>
        <extracomment>Give a note or a preview.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-edit-settings</source>
        <extracomment>{file} contains no edit settings.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-edit-settings.advice</source>
        <extracomment>Choose a result as this program saved it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-mask</source>
        <extracomment>There is no mask to invert.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-mask.advice</source>
        <extracomment>Set the path of one with --mask.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-model</source>
        <extracomment>No model is installed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-model.advice</source>
        <extracomment>Install the app again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-photo</source>
        <extracomment>There is no photo yet.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.no-photo.advice</source>
        <extracomment>Open one, or drop it here.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.not-in-catalogue</source>
        <extracomment>The catalogue has no model “{name}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.not-in-catalogue.advice</source>
        <extracomment>Choose one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.original-size</source>
        <extracomment>The original&apos;s rule would edit this photo at {width} × {height} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.original-size.advice</source>
        <extracomment>Keep its shape instead.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.out-of-range</source>
        <extracomment>The {setting} must be from {minimum} to {maximum}{unit}, not {value}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.output-not-a-folder</source>
        <extracomment>{file} is not a folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.output-not-a-folder.advice</source>
        <extracomment>Several photos need a folder for their results.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.photo-too-small</source>
        <extracomment>The photo is only {width} × {height} pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.photo-too-small.advice</source>
        <extracomment>Choose a larger one.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.save-option-out-of-range</source>
        <extracomment>The {noun} must be from {minimum} to {maximum}, not {value}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.scheduler-not-usable</source>
        <extracomment>{scheduler} cannot be used with models of the EDM kind, such as CosXL.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.scheduler-not-usable.advice</source>
        <extracomment>Choose one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.seed-too-large</source>
        <extracomment>The seeds of the variations become too large.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.seed-too-large.advice</source>
        <extracomment>Choose a smaller seed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.strength</source>
        <extracomment>The strength must be from 0 to {maximum:g}, not {strength:g}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.text-scale</source>
        <extracomment>--text-scale must be from 0 to {maximum:g}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.too-many-results</source>
        <extracomment>That would be {count} results, more than {maximum} at once.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.too-many-results.advice</source>
        <extracomment>Ask for fewer guidance scales or variations.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.unknown-name</source>
        <extracomment>There is no {kind} called “{name}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request.unknown-name.advice</source>
        <extracomment>Choose one of {known}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.differs</source>
        <extracomment>{folder} contains another run: {differences}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.differs.advice</source>
        <extracomment>To go on with that run, use its dataset and settings. To begin a new one, choose another exp_manager.exp_dir; with exp_manager.resume_from_checkpoint={checkpoint} it goes on from the weights of that run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.in-other-window</source>
        <extracomment>The training “{name}” is open in another window of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.in-other-window.advice</source>
        <extracomment>Use that window, or close it first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.in-use</source>
        <extracomment>Another training run uses {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.in-use.advice</source>
        <extracomment>Wait until it ends, or choose another exp_manager.exp_dir.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.newer-version</source>
        <extracomment>The run in {folder} was written by a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.newer-version.advice</source>
        <extracomment>Update the program, or choose another exp_manager.exp_dir.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.no-checkpoints</source>
        <extracomment>{folder} contains no checkpoints of a run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.no-checkpoints.advice</source>
        <extracomment>Name the folder that holds the folder “checkpoints”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.not-found</source>
        <extracomment>{folder} contains no training run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.not-found.advice</source>
        <extracomment>Choose the folder that has the file run.json in it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.not-recorded</source>
        <extracomment>An earlier version of this program began this run and did not record its data and settings; it continues with those given now.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.other-start-weights</source>
        <extracomment>The run in {folder} began with other start weights, those of “{kept}” in {place}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.other-start-weights.advice</source>
        <extracomment>To go on with that run, name them in model.unet_config.from_pretrained. To train from other weights, begin a new run in another exp_manager.exp_dir.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.record-missing</source>
        <extracomment>{folder} does not contain {file}, which holds the settings of the run.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.record-missing.advice</source>
        <extracomment>Resume the run once, with its own settings: that writes the file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.start-weights-changed</source>
        <extracomment>The run began with other weights than those in {place}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.start-weights-changed.advice</source>
        <extracomment>Add model.unet_config.from_pretrained=… with those of “{kept}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.step-not-kept</source>
        <extracomment>{folder} has no checkpoint of step {step}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run.step-not-kept.advice</source>
        <extracomment>It has those of {steps}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.in-use</source>
        <extracomment>The session is open in another window of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.in-use.advice</source>
        <extracomment>Use that window, or close it first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.not-a-project</source>
        <extracomment>{file} is not a project of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.not-a-project.advice</source>
        <extracomment>Choose a file that was saved with “Save project as…”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.not-found</source>
        <extracomment>The session {name} is not there any more.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.not-found.advice</source>
        <extracomment>Open another session, or a photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-damaged</source>
        <extracomment>The project {file} is damaged or incomplete.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-damaged.advice</source>
        <extracomment>Choose another copy of it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-not-found</source>
        <extracomment>The project {file} does not exist.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-not-found.advice</source>
        <extracomment>Check its name and place.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-too-large</source>
        <extracomment>{file} contains more than a project can: {size} in {member}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-too-large.advice</source>
        <extracomment>Choose another copy of the project.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-unreadable</source>
        <extracomment>The project {file} cannot be read ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.project-unreadable.advice</source>
        <extracomment>Check who may read it, and the disk.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.unreadable</source>
        <extracomment>The session {name} cannot be opened ({reason}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>session.unreadable.advice</source>
        <extracomment>Check who may read and write its folder.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.channels-of-start-weights</source>
        <extracomment>model.unet_config.in_channels is {asked}, but the start weights take {channels} channels; they stay as they are.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.of-start-weights</source>
        <extracomment>These settings follow from the start weights and were not read: {settings}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.prediction-of-start-weights</source>
        <extracomment>model.parameterization is {asked}, but the start weights predict {predicted}; training continues with that.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.replay-by-default</source>
        <extracomment>So that the new model keeps what its start weights know, they make {pairs} edits before the first step, and {percent} % of the examples are such edits.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.replay-by-default.advice</source>
        <extracomment>data.replay.pairs=0 switches this off: training is faster then, and forgets.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.shipped-start-weights</source>
        <extracomment>model.unet_config.from_pretrained is empty: training starts from the shipped model “{model}”.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.without-meaning</source>
        <extracomment>These settings of NeMo&apos;s have no meaning here and were not read: {settings}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.damaged</source>
        <extracomment>The snapshot {snapshot} is missing or damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.damaged.advice</source>
        <extracomment>Choose another step.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.newer-version</source>
        <extracomment>The snapshot {snapshot} was written by a newer version of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.newer-version.advice</source>
        <extracomment>Update the program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.not-written</source>
        <extracomment>The snapshot could not be written to {folder}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.not-written.advice</source>
        <extracomment>Free some disk space, or set exp_manager.snapshots=0.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.other-model</source>
        <extracomment>The snapshot {snapshot} is of another model.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot.other-model.advice</source>
        <extracomment>Choose the model that its run began with.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.no-background</source>
        <extracomment>The subject fills this whole photo, so there is no background.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.no-background.advice</source>
        <extracomment>Paint the part to edit, or choose Everything.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.not-found</source>
        <extracomment>No subject was found in this photo.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.not-found.advice</source>
        <extracomment>Paint the part to edit, or choose Everything.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.nothing-painted</source>
        <extracomment>The painted area lies outside the part of the photo that is edited.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>subject.nothing-painted.advice</source>
        <extracomment>Paint somewhere else, or choose Everything.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unexpected.error</source>
        <extracomment>Something unexpected went wrong ({error}).</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unexpected.error.advice</source>
        <extracomment>Try again; if it happens again, see the log file.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unsafe.code</source>
        <extracomment>The file {file} tries to run code ({code_names}) and was not opened.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unsafe.code.advice</source>
        <extracomment>Get the model as a safetensors file, from a source you trust.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.invalid</source>
        <extracomment>What is published about updates is damaged.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.invalid.advice</source>
        <extracomment>Try again later.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.newer-manifest</source>
        <extracomment>There are newer versions, but this one is too old to read what is published about them.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.newer-manifest.advice</source>
        <extracomment>Look at the web page of the program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.refused</source>
        <extracomment>The server of updates gives no usable answer: {reason}.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.refused.advice</source>
        <extracomment>Try again later.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.signature</source>
        <extracomment>What is published about updates is not signed by the makers of this program.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.signature.advice</source>
        <extracomment>Do not install anything from there; try again later.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.unreachable</source>
        <extracomment>The server of updates cannot be reached.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>update.unreachable.advice</source>
        <extracomment>Check the network connection and try again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.batch</source>
        <extracomment>The batch was started by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.batch.advice</source>
        <extracomment>Update IP2P Desktop to resume it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.edit-settings</source>
        <extracomment>The edit settings were saved by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.edit-settings.advice</source>
        <extracomment>Update IP2P Desktop to use them.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.edit-settings-of-file</source>
        <extracomment>The edit settings in {file} were saved by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.edit-settings-of-file.advice</source>
        <extracomment>Update IP2P Desktop to use them.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.judgement</source>
        <extracomment>{file} was written by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.judgement.advice</source>
        <extracomment>Update IP2P Desktop, or judge the result again.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.pack</source>
        <extracomment>{file} was written by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.pack.advice</source>
        <extracomment>Update IP2P Desktop to use it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.session</source>
        <extracomment>The session was saved by a newer version of IP2P Desktop.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version.session.advice</source>
        <extracomment>Update IP2P Desktop to open it. It stays as it is.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model first, then add this file to it as a LoRA.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model first, then this file as its VAE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an InstructPix2Pix model of Stable Diffusion 1, 2 or XL, or CosXL-Edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an InstructPix2Pix model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an InstructPix2Pix model. Its file ends in .safetensors, .ckpt or .nemo, or it is a folder with a model_index.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge it into an editor, or choose an InstructPix2Pix model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a ControlNet, which steers another model and cannot edit by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a Flux model, which cannot be used here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a LoRA, which changes a model and is none by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a Stable Diffusion 3 or similar transformer model, which cannot be used here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a Stable Diffusion model that enlarges pictures; it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a Stable Diffusion model that varies pictures (unCLIP); it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a VAE without the model it belongs to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a model that enlarges pictures; it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a model that makes videos, which cannot be used here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a model that turns objects around, which cannot be used here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a single number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a text encoder without the model it belongs to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a {family} model for inpainting, which fills in a masked part; it follows no instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a {family} model that edits pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a {family} model that follows a depth map; it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a {family} model that makes pictures from text; it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an adapter for another model, which cannot edit by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an embedding (textual inversion), which teaches a model a word and cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edited area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fit rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>image guidance scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a web address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a whole zip file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not there (HTTP {status})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it names a file outside its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer takes too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its description is invalid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its dictionaries are nested too deeply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its files are compressed or encrypted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its header is invalid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its list of files is invalid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its list of storages is invalid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server answers in a way that is not understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server answers with nonsense ({error})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server does not continue where it broke off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server does not say where it ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server is busy or broken (HTTP {status})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server refuses (HTTP {status})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server sends it packed in a way that was not asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server sends it round in circles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its server sends to an address that is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its storages are not as large as listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its tensors are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its weights are not whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind of detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nameless</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>negative instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no model that this program knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not an InstructPix2Pix model: its UNet takes {channels} channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number of steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number of variations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of one number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>resolution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>scheduler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set of weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text encoder, VAE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text guidance scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the LoRA {loras}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the VAE {vae}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the address is not an encrypted one (https)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection breaks off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection does not come back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the hub has switched its repository off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the refiner of Stable Diffusion XL; it cannot edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>turbo</source>
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
        <source>Give photos from before and after a change, and the change in words. A model is trained to make the same change to your other photos.</source>
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
    <message>
        <source>There is no pair to train on. See “Left out”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the columns first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press “Use for these pairs” first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write first what was changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Above 90, losses are hardly visible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep metadata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera, date and place of the photo, and the settings to repeat the edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bits for each colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As fine as the photo, for further work on it; the file is two to three times as large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG, without loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TIFF, without loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full, {width} × {height}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest side {pixels}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sRGB, for screens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo&apos;s own profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo has more than 8 bits for each colour. This result has 8, because it shows the image that the model made, or the photo is transparent or was opened by an earlier version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the file: …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the file: about {size}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportMenu</name>
    <message>
        <source>&amp;Edit pack, one small file for others…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model &amp;folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Single file in the original layout…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;LoRA, for other programs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportTexts</name>
    <message>
        <source>Saving result {number} of {total}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) saved.</source>
        <translation>
            <numerusform>%n result saved.</numerusform>
            <numerusform>%n results saved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FailedPhotos</name>
    <message>
        <source>Photos that failed, and why</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) failed</source>
        <translation>
            <numerusform>%n photo failed</numerusform>
            <numerusform>%n photos failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileChoosing</name>
    <message>
        <source>Photos ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Open photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for the starred results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Projects ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TIFF, without loss ({patterns})</source>
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
        <source>Check &amp;again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for pairs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking the photos: {done} of {total}. You need not wait for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select pairs to repair them; your files stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FinerController</name>
    <message>
        <source>Finer ({resolution})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finer ({resolution}, {time})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make this result again at {resolution} pixels, with the same seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No visible difference.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two results agree to {decibels} dB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The result differs, but has no more fine detail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finer: {ratio} times as much fine detail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the photo&apos;s own fine detail {after} % is in the result, {before} % before. The two results agree to {decibels} dB.</source>
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
        <source>or photos before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from my pairs</source>
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
        <source>What a folder of pairs looks like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The names say which photos belong together. Two folders “before” and “after” with equal names work too. You are asked what was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If pairs show different changes, a file metadata.jsonl has one line for each, which names both photos and the change:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GalleryDelegate</name>
    <message>
        <source>Not used: {problems}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln more wording(s)</source>
        <translation>
            <numerusform>%Ln more wording</numerusform>
            <numerusform>%Ln more wordings</numerusform>
        </translation>
    </message>
    <message>
        <source>Instruction changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swapped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aligned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GalleryPanel</name>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the pairs by words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Instruction…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Swap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ali&amp;gn…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With problems {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pair contains these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No problems found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pair is left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put &amp;back</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GalleryView</name>
    <message>
        <source>Pairs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuidancePad</name>
    <message>
        <source>Guidance pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text guidance {text}, image guidance {image}. Arrow keys move, Enter edits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text guidance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Image guidance</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuidanceSection</name>
    <message>
        <source>Guidance pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both guidance values as a plane: click or drag to set them. Shaded is where the model works well, the ring is what it recommends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a larger guidance pad (Ctrl+G)</source>
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
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the result from here into a folder or another program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the result as a file (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on from this result: the next edit starts with it (Ctrl+U)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the photo or the result to the clipboard (Ctrl+C)</source>
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
    <name>HelpController</name>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit: {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two scales</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When something goes wrong</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HelpPages</name>
    <message>
        <source>Drop a photo on the window, or press Ctrl+O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type what should change, for example “make it snowy”, and press Enter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the divider to compare. The photo itself is never changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not right? Change the instruction or a slider and press Enter again. Every result is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the result you like with Ctrl+S.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything happens on this computer. At the next start, your photos and results are here again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two scales</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text guidance says how strongly the instruction is followed. Image guidance says how closely the photo is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“show it at golden hour” with the starter. Its recommended values are 1 and 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing changes? Raise text guidance, or lower image guidance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too much changes? Lower text guidance, or raise image guidance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every model has values of its own that suit it; they are marked on the sliders. “Reset settings” sets them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is installed. Open Models… (Ctrl+M) to get one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These are examples; other words for the same edits work too. Click one to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An instruction that it does not know leaves the photo nearly unchanged, and a line below the instruction says so before you press Enter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It takes any instruction. Short, clear ones work best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When something goes wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing changes in the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model may not know the instruction: the line below it says so and names what is closest. Otherwise raise text guidance or lower image guidance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It takes too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside the instruction is an estimate. Fewer steps and a lower resolution are faster. In Preferences you can choose the device: a graphics card is many times as fast as a processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program then uses a slower plan that needs less, and says so. If that is not enough, close other programs or choose a lower resolution.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The result looks blurred or strange</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back towards the recommended values that are marked on the sliders. Another seed gives another try.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A photo cannot be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The message says why. Camera RAW files need an additional package; JPEG, PNG, WebP, HEIC, AVIF and TIFF always work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File › Sessions and disk space shows what earlier sessions take, and deletes those you choose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anything else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Copy details” beside an error copies what others need to find its cause, and “Show the report” shows more of it. Help › Show log shows what the program has noted. None of it is sent anywhere.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message>
        <source>The next edit starts with this result.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} results are removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name has at least one character. The name stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is removed, with what was made from it ({count}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryStrip</name>
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
    <message>
        <source>Source of the next edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results made from it: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}
Results: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only starred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only the starred results of this photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger thumbnails with names (F4)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No result of this photo has a star yet. Click the star on a thumbnail, or press S.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IconButton</name>
    <message>
        <source>Keys: {keys}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdeasDialog</name>
    <message>
        <source>What can it do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the known edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can {model} do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown on a sample photo, as no photo is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown on your photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No known edit matches “{words}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model has no list of its edits. Those that you make with it appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} edits. The model takes too long to show them on a photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} edits. They cannot be shown on a photo. Make one to see why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready: {made} of {count} edits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} edits.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdeasView</name>
    <message>
        <source>Known edits</source>
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
        <source>Saving {name}…</source>
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
        <source>Two edits, one after the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} edits, one after the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{instruction}”:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set the painted area aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit the subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the whole photo instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Background only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The painted area is edited.</source>
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
    <name>InstructionQuestion</name>
    <message>
        <source>What was changed in the photos?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make it snow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use for these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use for these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No text beside the photos says it. Several wordings, one a line, make the model listen better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>What was changed in %n pair(s)</source>
        <translation>
            <numerusform>What was changed in %n pair</numerusform>
            <numerusform>What was changed in %n pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s) found. What was changed?</source>
        <translation>
            <numerusform>%n pair found. What was changed?</numerusform>
            <numerusform>%n pairs found. What was changed?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JudgedPictures</name>
    <message>
        <source>Picture before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wanted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show it large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An old edit that no longer works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pair of the dataset: trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-back pair: not trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{instruction}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JudgementTexts</name>
    <message>
        <source>Follows the new instruction on {count} that training never saw.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follows the new instruction on {count} of the training; none was held back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} of %Ln picture(s)</source>
        <translation>
            <numerusform>{count} of %Ln picture</numerusform>
            <numerusform>{count} of %Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %Ln old edit(s), {count} still work.</source>
        <translation>
            <numerusform>Of %Ln old edit, {count} still works.</numerusform>
            <numerusform>Of %Ln old edits, {count} still work.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not all was tried.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There was nothing to judge it by.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying the new model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying the new model: {done} of {total} edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {step} steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After {step} of {last} steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeepChoice</name>
    <message>
        <source>&amp;Keep what the model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Only this edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your edit needs fewer steps, but the model may forget what it can do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It also trains on edits that the model can make already, so that it does not forget them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LargePreview</name>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write this instruction (click or Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make this edit at once (Shift+click or Shift+Enter)</source>
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
        <source>Measure again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of s&amp;teps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In a step it looks at a few of your pairs.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LivePreviewController</name>
    <message>
        <source>There is no live preview with {name}, because one takes too long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview: {name} takes too long for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview: none can be made with these settings. Make the edit to see why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview is on: shows what the instruction does while you type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview is off</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogDialog</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the program has noted, the latest at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log is empty.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LossCurve</name>
    <message>
        <source>Loss during training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower is better. Single steps vary; the average should fall, then level off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The diagram cannot be shown; see the log file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Average now {loss}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LossLegend</name>
    <message>
        <source>Average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-back pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower is better</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LossPlot</name>
    <message>
        <source>Step {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Average: {loss}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-back pairs: {loss}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MaskController</name>
    <message>
        <source>Feathering the mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Growing the mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shrinking the mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing the mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding the subject…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved the mask as {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of the mask is left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MaskOptionsBar</name>
    <message>
        <source>Red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Violet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>White</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the brush in pixels ([ and ])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size {number} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hardness of the brush&apos;s edge (Shift+[ and Shift+])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hardness {number} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By how many pixels the mask is feathered, grown or shrunk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge {number} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More about the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overlay colour</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MaskToolBar</name>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageBoxes</name>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training is running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can go on without the window; the next start finds it again. If it stops, what was trained so far is kept, and it can be resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit and keep &amp;training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit and &amp;stop training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits that wait and would not be made: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results made so far are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos and results that could not be stored and would be lost: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some disk space, or save them in another place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit and lose them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is the original photo. Replace it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The original will be gone, and cannot be restored by this program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the original</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelEditor</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>N&amp;ame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>N&amp;ote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
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
        <source>Edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change name, note and picture of {name}</source>
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
        <source>comes with this app, which keeps it unchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folder {name}</source>
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
    <name>MyPairs</name>
    <message>
        <source>My pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for the copy of the pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied to {folder}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NameEditing</name>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NamingControl</name>
    <message>
        <source>Names of the results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words in braces are replaced for each photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Insert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Insert a field into the naming rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Date</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NodeMenu</name>
    <message>
        <source>Show</source>
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
        <source>Compare with the one on screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as a pair…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the photo&apos;s file in its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the error with what others need to find its cause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the report</source>
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
        <source>Edit everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept: {kept} of {count} results.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n edit(s) still wait.</source>
        <translation>
            <numerusform>%n edit still waits.</numerusform>
            <numerusform>%n edits still wait.</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All edits are cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The edits after it in the sequence are cancelled too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The edit is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The edit of {photo} is done.</source>
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
    <message>
        <source>This format has no transparency, so it is on white. PNG and WebP keep it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OtherKeys</name>
    <message>
        <source>Instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo, while it has the focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos and results below it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guidance pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can it do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a suggestion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit, or show at 100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to 25, 50, 100, 200, 400 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>+ and -</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag, middle button, or arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the divider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag, or Tab and arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the photo while a mask is painted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold {key} and drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back an unfinished stroke, or leave the tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go along the results and their branches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First, last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Star, or remove the star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make an edit earlier or later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel an edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the values by a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change them by five steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift and arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the edit at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F1, or ? outside of text</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PadControls</name>
    <message>
        <source>Edit on release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start an edit with the current seed after every click or drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Randomise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw both values from the useful range of the model, and a new seed (Ctrl+Shift+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a grid…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit at several guidance values or seeds, and compare the results</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PadDialog</name>
    <message>
        <source>Guidance pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text guidance {text} · image guidance {image}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shaded: where this model works well. Ring: recommended. Thumbnails: what you tried with this photo, instruction and seed; click one to see it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageList</name>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairDialog</name>
    <message>
        <source>One wording in each line. Several wordings of the same change make the model listen better: in training, one of them is drawn each time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln pair(s)</source>
        <translation>
            <numerusform>%Ln pair</numerusform>
            <numerusform>%Ln pairs</numerusform>
        </translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed in all of these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have different instructions now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>+ {wording}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the wording “{wording}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairPhotos</name>
    <message>
        <source>The photo before and after</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairRows</name>
    <message>
        <source>Starred</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairView</name>
    <message>
        <source>{name}, before and after</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairingPreview</name>
    <message>
        <source>Paired by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order of names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pairs that were matched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Matching the photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photos could not be matched</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s) matched</source>
        <translation>
            <numerusform>%n pair matched</numerusform>
            <numerusform>%n pairs matched</numerusform>
        </translation>
    </message>
    <message>
        <source>{pairs} · {size} to copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No two of these photos belong together in this way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Take %n pair(s)</source>
        <translation>
            <numerusform>Take %n pair</numerusform>
            <numerusform>Take %n pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) in no pair</source>
        <translation>
            <numerusform>%n photo in no pair</numerusform>
            <numerusform>%n photos in no pair</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PairsByHand</name>
    <message>
        <source>Name of these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make it snow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Many photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From my &amp;edits…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One wording a line. Several wordings make the model listen better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Na&amp;me</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both are the same photo. Choose the photo after the change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Use %n pair(s)</source>
        <translation>
            <numerusform>Use %n pair</numerusform>
            <numerusform>Use %n pairs</numerusform>
        </translation>
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
        <source>Live</source>
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
    <message>
        <source>Only the first {limit} of {count} photos were opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} cannot be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that they are photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the others afterwards.</source>
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
    <name>PhotoRow</name>
    <message>
        <source>Photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The arrow keys show another photo with its results. Delete closes it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotosChoice</name>
    <message>
        <source>Files and &amp;folders:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders in the folder too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their results come into folders of the same names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The photos that are open (%n)</source>
        <translation>
            <numerusform>The photos that are open (%n)</numerusform>
            <numerusform>The photos that are open (%n)</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop them here, or choose</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{first} and %n more</source>
        <translation>
            <numerusform>{first} and %n more</numerusform>
            <numerusform>{first} and %n more</numerusform>
        </translation>
    </message>
    <message>
        <source>Folder of photos</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PictureSlot</name>
    <message>
        <source>Drop a folder, or click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a photo, or click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a photo.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PictureSources</name>
    <message>
        <source>‹ &amp;Other ways</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add or change &amp;pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>My pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From my edits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanForm</name>
    <message>
        <source>Pairs held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are not trained on; with them it is judged how well the edit works.</source>
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
        <source>How</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other &amp;wordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how it goes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot edit yet, so there is nothing to keep.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanPage</name>
    <message>
        <source>Choose how it is trained</source>
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
        <source>There is a model of this name already. The new one is called “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new model needs a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model to start from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A setting under Advanced is not valid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This does not fit. Choose Little memory or another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model does not fit. Choose another one to start from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of models shows it under this name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanTexts</name>
    <message>
        <source>makes pictures from text, and becomes an editor: this takes many pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be trained here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not fit into the memory of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs about {needed} of memory, this computer has {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs about {needed} of memory, {free} are free now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits: {seconds} s a step, measured here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits: needs about {needed} of memory, not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits only with Little memory: about {needed} of memory, not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs about {needed}, {free} are free now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit: memory was too short when it was tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit: needs about {needed}, there are {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does not fit: {size} of free disk space are needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring…</source>
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
        <source>How long it takes could not be measured. More steps take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More steps take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs {disk} of disk space.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs {memory} of memory and {disk} of disk space.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes {time} more, before the first step.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PracticeForm</name>
    <message>
        <source>Photos for practice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Opened photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strength</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is changed?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make it look like my films</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe: one, or several one after the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>&amp;Opened photos (%n)</source>
        <translation>
            <numerusform>&amp;Opened photos (%n)</numerusform>
            <numerusform>&amp;Opened photos (%n)</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no photo in it. The photos above stay chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n photo</numerusform>
            <numerusform>%n photos</numerusform>
        </translation>
    </message>
    <message>
        <source>Chosen: {recipes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Make %n pair(s)</source>
        <translation>
            <numerusform>Make %n pair</numerusform>
            <numerusform>Make %n pairs</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose at least one recipe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of each photo several crops are used. Make the words your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The first %n photo(s) are used.</source>
        <translation>
            <numerusform>The first photo is used.</numerusform>
            <numerusform>The first %n photos are used.</numerusform>
        </translation>
    </message>
    <message>
        <source>Of each photo one pair is made. Make the words your own.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferenceControls</name>
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
    <name>PreferenceRow</name>
    <message>
        <source>Reset {preference}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
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
        <source>Memory for photos and results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Those used last stay in memory; the others are read again when shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows a small preview while you type, with models that are fast enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
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
        <source>Disk space for sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opened photos and results are kept until you delete them. Above this size the window tells you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No limit</source>
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
    <message>
        <source>Check for updates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the start, once a day. Only the newest version is asked for; nothing is sent or installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only when I ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the start</source>
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
        <source>The folders stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No preference contains these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes apply to the next edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes apply at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Updates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PresetChoice</name>
    <message>
        <source>Quick try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See whether it understands your pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enough for most edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For difficult edits and many pairs; takes long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Little memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For large models; slower, smaller changes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreviewChoice</name>
    <message>
        <source>Which pictures are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pair {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo {number}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreviewPhotos</name>
    <message>
        <source>Choose a photo…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) will be edited every few minutes.</source>
        <translation>
            <numerusform>%Ln photo will be edited every few minutes.</numerusform>
            <numerusform>%Ln photos will be edited every few minutes.</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose up to two other photos to see the edit on them during training.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreviewPicker</name>
    <message>
        <source>Choose a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preview file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the result in the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or drop a picture here; a small copy of it is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preview</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreviewSlider</name>
    <message>
        <source>Pictures by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreviewsView</name>
    <message>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wanted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show it large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{instruction}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-back pair: not trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pair of the dataset: trained on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This picture is missing.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProblemTexts</name>
    <message>
        <source>File missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invalid entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several files of this name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Different shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shifted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too small</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instruction too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Different sizes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edited photo much smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turned upright</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours converted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the file into the folder, or correct its name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct this entry of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not used. Save the photo again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not used. Copy the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not used as it is. Align the two photos, or crop both alike.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training on it would make the model leave photos as they are. Leave it out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training would reproduce the shift. Align the two photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is enlarged, and results will be blurred. Use a larger photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only about 60 words are read. Shorten it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the first of equal pairs is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training would reproduce the blur. Export it as large as the original.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs to be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) have no partner. See “Left out”.</source>
        <translation>
            <numerusform>%Ln file has no partner. See “Left out”.</numerusform>
            <numerusform>%Ln files have no partner. See “Left out”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pair(s): the edit may then work on these photos only.</source>
        <translation>
            <numerusform>%Ln pair: the edit may then work on these photos only.</numerusform>
            <numerusform>%Ln pairs: the edit may then work on these photos only.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pair(s) are a good beginning.</source>
        <translation>
            <numerusform>%Ln pair is a good beginning.</numerusform>
            <numerusform>%Ln pairs are a good beginning.</numerusform>
        </translation>
    </message>
    <message>
        <source>All pairs are of one photo. The model may reproduce this photo instead of the edit. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add pairs of other photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These {usable} pairs are of {photos} different photos. Other photos teach more.</source>
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
        <source>It is not in the list of models yet. See the result, try it there and keep it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is in the list of models now. Choose a photo and write “{instruction}”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressRow</name>
    <message>
        <source>Show the edits that wait (Ctrl+J)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit {number} of {count}</source>
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
        <source>Finding the subject</source>
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
        <source>Storing the result</source>
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
    <name>ProgressStrip</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressTexts</name>
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
        <source>Training “{name}” is paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discarding: finishing this step and deleting the run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping: ending what is being prepared. Nothing was trained yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping: step {step} is saved, and its model is being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping: finishing the current step, then saving. Nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused before the first step. Nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused at step {step} of {total}. Nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step} is saved; training can go on from there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may close this window; training continues.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may close this window; training stays paused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for {minutes} min; a busy computer takes longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{percent} % done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} of disk free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Res&amp;ume from step {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was stopped early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>full precision (fp32)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>half precision (bf16)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>half precision (fp16)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s for a pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} pairs a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is kept. The pictures were deleted with the files of its training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This training made no pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no pictures yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first pictures appear when training begins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first pictures appear after the first steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueController</name>
    <message>
        <source>edit {number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n variations</source>
        <translation>
            <numerusform>%n variation</numerusform>
            <numerusform>%n variations</numerusform>
        </translation>
    </message>
    <message>
        <source>One more edit would be ready in {time}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Edits that wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt with the arrow keys changes the order, Delete cancels an edit.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Edits that wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the queue (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier (Alt+Up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Later (Alt+Down)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the selected edit (Delete)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the running edit and all that wait</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Open &amp;recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear this list of files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without a photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Session {name} · {when}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecentPairs</name>
    <message>
        <source>The latest results</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecipeList</name>
    <message>
        <source>Recipes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{recipe}, chosen as number {number}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecipeTexts</name>
    <message>
        <source>Black and white</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sepia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Faded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warmer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cooler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brighter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Darker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More colourful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less colourful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Negative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Golden hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Autumn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Underwater</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teal and orange</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Infrared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pencil sketch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charcoal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watercolour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Oil painting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pop art</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pointillism</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mosaic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel art</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Embossed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blueprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Halftone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Film grain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Old film</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blur</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sharper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dreamy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vignette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tilt-shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>White frame</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RequestWords</name>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message>
        <source>one random seed for all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one result for each photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The painted area is not used here, as it belongs to one photo. To edit a part of each photo, choose “Subject only” or “Background only” beside the instruction.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only the subject of each photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only the background of each photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>everything</source>
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
    <name>ResultButtons</name>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train &amp;further…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep the model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message>
        <source>You need not wait for it: the model can be kept at any time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Judge this choice on all pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For yourself and others, such as what it suits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it, only the model stays: the steps so far cannot be continued.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>N&amp;ame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>N&amp;ote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a model of this name already. The new one is called “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is trained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep what is needed to train it &amp;further ({size})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeping the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These pictures show the choice; it is not judged yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Judge it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exported to {file}</source>
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
    <name>ResultsView</name>
    <message>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The arrow keys show another result and change no setting. F2 renames it, S stars it, Delete removes it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunButtons</name>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train &amp;another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and &amp;discard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop and keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train &amp;further…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the &amp;result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use it now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunRow</name>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the training of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not delete {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name} for good</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunTexts</name>
    <message>
        <source>step {step} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training, {steps}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused at {steps}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in another window of this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped at {steps}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended unexpectedly before the first step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended unexpectedly at {steps}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed at {steps}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished; its model is not kept yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped at {steps}; its model is not kept yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model kept; it can be trained further</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its model was not kept, and is deleted too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be trained further afterwards. The model that you kept stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be resumed afterwards. Models that you kept stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln training(s), {size} on this disk</source>
        <translation>
            <numerusform>%Ln training, {size} on this disk</numerusform>
            <numerusform>%Ln trainings, {size} on this disk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln training(s) whose model is kept, or that saved nothing, are deleted. Kept models stay.</source>
        <translation>
            <numerusform>%Ln training whose model is kept, or that saved nothing, is deleted. Kept models stay.</numerusform>
            <numerusform>%Ln trainings whose model is kept, or that saved nothing, are deleted. Kept models stay.</numerusform>
        </translation>
    </message>
    <message>
        <source>Earlier &amp;trainings ({count})…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Trainings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open a training…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder of a training run that was made elsewhere, as by python -m trainer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of a training run</source>
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
    <name>SaveController</name>
    <message>
        <source>Show folder</source>
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
    <name>SessionController</name>
    <message>
        <source>Opening {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the session are damaged: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They were set aside in {folder}. Everything else is here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is stored on disk again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your sessions take {used} of disk space, more than {budget}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free disk space…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is deleted by itself. Delete sessions that you no longer need.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SessionMenuController</name>
    <message>
        <source>Project</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SessionRow</name>
    <message>
        <source>Without a photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name}</source>
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
        <source>Delete for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name} for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its photos and results are deleted; files that you saved elsewhere stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos and results: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SessionsDialog</name>
    <message>
        <source>Sessions and disk space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every photo that you open and every result is kept here, until you delete its session. The size above which the window tells you is in the preferences.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your sessions take {used} of {budget} GB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your sessions take {used}.</source>
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
        <source>The same seed makes the same result; another one makes a variation.</source>
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
        <source>Edited area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the photo may change. All else stays as it is, pixel for pixel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the instruction says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turbo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to twice as fast from 8 steps on; below, nothing is gained. The result differs slightly (about 40 dB).</source>
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
        <source>Several results, each with its own seed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingControl</name>
    <message>
        <source>Recommended: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click the name to use it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingRemark</name>
    <message>
        <source>No effect while both guidance values are 1. Raise one of them to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At 0 the instruction has no effect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No effect below 8 steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only for results as large as the photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With this model and one step, this edit looks the same with every seed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With this model and one step, variations of this edit look the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than 1 step brings nothing with this model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than {steps} steps bring nothing with this model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Reset {setting}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
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
    <name>SetupPage</name>
    <message>
        <source>Edit many photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of the results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder beside the photos or in theirs, unless you choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder of the results…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the default folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of JPEG and WebP files. Above 90, losses are hardly visible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip photos whose result exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Otherwise the new result gets a number. Nothing is overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep metadata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera, date and place of the photo, and the settings to repeat the edit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TIFF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No instruction yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one in the window; this dialog can stay open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) found</source>
        <translation>
            <numerusform>%n photo found</numerusform>
            <numerusform>%n photos found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) exist already</source>
        <translation>
            <numerusform>%n result exists already</numerusform>
            <numerusform>%n results exist already</numerusform>
        </translation>
    </message>
    <message>
        <source>For example {name}</source>
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
    <name>StepsQuestion</name>
    <message>
        <source>How many more steps?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Not now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StorageUsage</name>
    <message>
        <source>Free disk space…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your sessions take {used}.</source>
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
    <name>SweepCell</name>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SweepDialog</name>
    <message>
        <source>Try a grid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guidance values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results stay in the history of the photo.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SweepTexts</name>
    <message numerus="yes">
        <source>%n edit(s), each with another seed.</source>
        <translation>
            <numerusform>%n edit, each with another seed.</numerusform>
            <numerusform>%n edits, each with another seed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n edit(s) with seed {seed}: text guidance from left to right, image guidance upwards.</source>
        <translation>
            <numerusform>%n edit with seed {seed}: text guidance from left to right, image guidance upwards.</numerusform>
            <numerusform>%n edits with seed {seed}: text guidance from left to right, image guidance upwards.</numerusform>
        </translation>
    </message>
    <message>
        <source>{done} of {total} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a result to see it large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No result was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its settings are set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Its settings are set. %n other result(s) are in the history.</source>
        <translation>
            <numerusform>Its settings are set. %n other result is in the history.</numerusform>
            <numerusform>Its settings are set. %n other results are in the history.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) removed from the history.</source>
        <translation>
            <numerusform>%n result removed from the history.</numerusform>
            <numerusform>%n results removed from the history.</numerusform>
        </translation>
    </message>
    <message>
        <source>Takes about {seconds} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SwitchControl</name>
    <message>
        <source>on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SystemViewer</name>
    <message>
        <source>This does not exist yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No program was found to show this. Copy it to open it elsewhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TextFileDialog</name>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingBadgeTexts</name>
    <message>
        <source>Preparing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused at {percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingController</name>
    <message>
        <source>The model “{name}” is trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training “{name}”: {message}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training “{name}” is paused: {message}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer was asleep ({time}). Training goes on.</source>
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
        <source>Stopped after step {step} of {total}.</source>
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
    <message numerus="yes">
        <source>%Ln pair(s) can be trained on.</source>
        <translation>
            <numerusform>%Ln pair can be trained on.</numerusform>
            <numerusform>%Ln pairs can be trained on.</numerusform>
        </translation>
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
        <source>Compiling the model…</source>
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
    <name>TwoFolders</name>
    <message>
        <source>Folder before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos of the same name belong together. They are copied, so that later changes do not matter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop two folders: one with the photos before, one with those after.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both are the same folder. Choose another one for one side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first} and {second}</source>
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
    <name>UndoController</name>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo {step}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UndoStep</name>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New seed for every edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>LoRA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Painted area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UpdatesController</name>
    <message>
        <source>{program} {version} is available.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UpdatesDialog</name>
    <message>
        <source>Updates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show download page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This program has no address to ask for updates.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have version {version}. Look for a newer one where you got it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking for updates…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking {host}. Nothing about you, your computer or your photos is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{program} {version} is available.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your version is newer than the published one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have the newest version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Published: {version}, {day}. You have {own}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no download for this system yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-256 of the files there:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WayTiles</name>
    <message>
        <source>Collect pairs by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a photo before and one after, or many at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One with the photos before, one with those after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From my edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results of this session that turned out right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a practice set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pairs yet? Try it with some photos and a recipe</source>
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
    <name>WindowController</name>
    <message>
        <source>The preferences were saved by a newer version of IP2P Desktop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes hold until you quit.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WordingsChoice</name>
    <message>
        <source>Other wordings, one to a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suggest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suggest wordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other ways to ask for this edit, one to a line. A model trained with several listens better.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WordsBox</name>
    <message>
        <source>One wording a line</source>
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
    <name>_PairDelegate</name>
    <message>
        <source>unreadable</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_ResultDelegate</name>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
