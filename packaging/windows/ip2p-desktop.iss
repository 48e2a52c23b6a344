; Recipe of Inno Setup 6 for the installer of one user; python packaging/windows_installer.py follows it.
; The values in braces with # come from its command line.

#ifndef Version
  #error Start this with: python packaging/windows_installer.py
#endif

#define Name "IP2P Desktop"
#define Program "ip2p-desktop.exe"

[Setup]
AppId={{7C1B9E52-5D0B-4B7E-9F0B-6C2A6F0E8D31}
AppName={#Name}
AppVersion={#Version}
AppPublisher={#Name}
VersionInfoVersion={#Version}
; for this user, without an administrator
PrivilegesRequired=lowest
DefaultDirName={localappdata}\Programs\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
UsePreviousAppDir=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir={#Output}
OutputBaseFilename=ip2p-desktop-{#Version}-windows-x86_64
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\{#Program}
LicenseFile={#Licence}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
; a running window is asked to close before its files are replaced
CloseApplications=yes
RestartApplications=no
#ifdef Signed
SignTool=signtool
SignedUninstaller=yes
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; libraries of an earlier version, which this one may not have
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\{#Name}"; Filename: "{app}\{#Program}"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\{#Program}"; Tasks: desktopicon

[Registry]
; the program in “Open with”, with its name and the kinds of files it opens
Root: HKA; Subkey: "Software\Classes\Applications\{#Program}"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\{#Program}\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""
Root: HKA; Subkey: "Software\{#Name}\Capabilities"; ValueType: string; ValueName: "ApplicationName"; ValueData: "{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\{#Name}\Capabilities"; ValueType: string; ValueName: "ApplicationDescription"; ValueData: "Edits photos from written instructions"
Root: HKA; Subkey: "Software\RegisteredApplications"; ValueType: string; ValueName: "{#Name}"; ValueData: "Software\{#Name}\Capabilities"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\IP2PDesktop.photo"; ValueType: string; ValueData: "Photo"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\IP2PDesktop.photo\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""
; a line for each kind of file, generated
#include Associations

[Run]
Filename: "{app}\{#Program}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Kept: String;
begin
  Kept := ExpandConstant('{localappdata}\{#Name}');
  if (Step = usPostUninstall) and DirExists(Kept) and not UninstallSilent() then
    MsgBox('What you made with {#Name} stays in this folder. Delete it if you do not need it:' + #13#10 + Kept,
      mbInformation, MB_OK);
end;
